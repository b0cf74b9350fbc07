// Runs what the documents tell a reader to run, in order, in a fresh clone with nothing installed. A fence marked `sh` must end
// with status 0; one marked `sh background` is started and must say that it is ready; `restart` stops first what runs.
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { Daemon } from '../lib/daemon.ts'
import { root, temporaryFolder } from '../lib/folders.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { mustRun } from '../lib/run-command.ts'

const documents = [
  'README.md',
  'docs/running.md',
  'docs/cli.md',
  'docs/apply.md',
  'docs/doctor.md',
  'docs/zookeeper.md',
  'docs/zookeeper-client.md',
]
const fence = /^```sh( background)?( restart)?\n([\s\S]*?)^```/gm
const ready = /Odradek is up|serves \S+:\d+/

export async function judge({ report }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('documentation')
  const clone = path.join(folder, 'odradek')
  // The environment of a reader, not of this run: no flags or paths of the Node that runs the judges.
  const env = { NODE_OPTIONS: '', npm_config_loglevel: 'error' }
  await report.check('the repository can be cloned', () => mustRun('git', ['clone', '--quiet', root, clone]))
  for (const document of documents) {
    const daemons: Daemon[] = []
    const stopAll = async (): Promise<void> => {
      for (const daemon of daemons.splice(0).reverse()) await daemon.stop()
    }
    for (const [, background, restart, commands = ''] of readFileSync(path.join(root, document), 'utf8').matchAll(
      fence,
    )) {
      const title = `${document}: ${commands.split('\n').find((line) => line !== '' && !line.startsWith('#'))}`
      await report.check(title, async () => {
        if (restart !== undefined) await stopAll()
        if (background === undefined) {
          await mustRun('bash', ['-eu', '-c', commands], { cwd: clone, env, timeoutMs: 400_000 })
          return
        }
        const daemon = Daemon.start({
          name: commands.trim(),
          command: 'bash',
          args: ['-c', `exec ${commands.trim()}`],
          cwd: clone,
          env,
          logFile: path.join(folder, 'daemons.log'),
          signalsGoToAll: true,
        })
        daemons.push(daemon)
        await daemon.waitForOutput(ready, 180_000)
      })
    }
    await stopAll()
  }
  rmSync(folder, { recursive: true, force: true })
}
