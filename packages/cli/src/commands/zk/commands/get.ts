import { dataJson, parseEncoding, utf8Of } from '../format/data.ts'
import { printable } from '../format/printable.ts'
import { statJson, statLines } from '../format/stat.ts'
import { oneEvent } from '../one-event.ts'
import { parsePath } from '../paths.ts'
import type { Output, ShellCommand } from '../shell-command.ts'

export const get: ShellCommand = {
  names: ['get'],
  usage: '[-s] [-w] [--as utf8|base64|hex] PATH',
  summary: 'data of a node; -s: and its stat, -w: tell when it changes',
  options: {
    stat: { type: 'boolean', short: 's' },
    watch: { type: 'boolean', short: 'w' },
    as: { type: 'string' },
  },
  arity: [1, 1],
  async run(context, { positionals, options }) {
    const path = parsePath(positionals[0])
    const encoding = options['as'] === undefined ? undefined : parseEncoding(String(options['as']))
    const event = oneEvent(context, options['watch'] === true)
    const { data, stat } = await context.client.getData(path, event.watch)
    const { output, format } = context
    if (format === 'json') {
      const shown =
        encoding === undefined || data === null ? dataJson(data) : { data: data.toString(encoding), encoding }
      output.line(JSON.stringify({ path, ...shown, ...(options['stat'] === true && { stat: statJson(stat) }) }))
    } else {
      if (encoding !== undefined) output.line(data?.toString(encoding) ?? 'null')
      else showData(output, data)
      if (options['stat'] === true) for (const line of statLines(stat)) output.line(line)
    }
    await event.wait()
  },
}

/** A pipe gets the bytes as they are; a person what can be read of them. */
function showData(output: Output, data: Buffer | null): void {
  if (data === null) return output.line('null')
  if (!output.isTerminal) {
    output.bytes(data)
    if (data.at(-1) !== 10) output.bytes(Buffer.from('\n'))
    return
  }
  const text = utf8Of(data)
  if (text !== undefined) return output.line(printable(text, true))
  for (let offset = 0; offset < data.length; offset += 16) {
    const part = data.subarray(offset, offset + 16)
    const bytes = [...part].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const letters = part.toString('latin1').replaceAll(/[^ -~]/g, '.')
    output.line(`${offset.toString(16).padStart(8, '0')}  ${bytes.padEnd(47)}  ${letters}`)
  }
}
