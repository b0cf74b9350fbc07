import { ZooKeeperError } from '@odradek/zookeeper-client'
import { tellEvent } from '../one-event.ts'
import { parsePath } from '../paths.ts'
import type { ShellCommand } from '../shell-command.ts'
import { UsageError } from '../usage-error.ts'

export const watch: ShellCommand = {
  names: ['watch', 'addWatch'],
  usage: '[-R] [-n COUNT] PATH',
  summary: 'tell every change of a node and its children until Ctrl-C; -R: of all below it, -n: stop after so many',
  options: { recursive: { type: 'boolean', short: 'R' }, count: { type: 'string', short: 'n' } },
  arity: [1, 1],
  async run(context, { positionals, options }) {
    const path = parsePath(positionals[0])
    const { client, output, signal } = context
    let left = options['count'] === undefined ? Infinity : Number(options['count'])
    if (!(left > 0)) throw new UsageError(`-n takes a number above 0, not "${String(options['count'])}"`)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => resolve())
    const stopState = client.onState((state) => {
      if (state === 'disconnected') output.note('the connection is lost: changes are not seen until it is back')
      else if (state === 'connected') output.note('connected again')
      else reject(new ZooKeeperError('SESSION_EXPIRED', `watch ${path}: the session is over (${state})`))
    })
    const handle = await client.addWatch(
      path,
      (event) => {
        if (left <= 0) return
        left -= 1
        tellEvent(context, event)
        if (left <= 0) resolve()
      },
      { recursive: options['recursive'] === true },
    )
    output.note(`watching ${path}; Ctrl-C stops`)
    try {
      await promise
    } finally {
      stopState()
      await handle.remove()
    }
  },
}
