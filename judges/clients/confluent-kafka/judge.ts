// confluent-kafka for Python, from its package index, in a virtual environment of its own.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { judgeClient } from '../../lib/client-scenario.ts'
import { cacheFolder, root } from '../../lib/folders.ts'
import type { JudgeContext } from '../../lib/judge.ts'
import { mustRun } from '../../lib/run-command.ts'

const folder = path.join(root, 'judges', 'clients', 'confluent-kafka')

async function install(): Promise<string> {
  const environment = cacheFolder('confluent-kafka')
  const python = path.join(environment, 'bin', 'python')
  const requirements = path.join(folder, 'requirements.txt')
  const stamp = path.join(environment, 'installed-from.txt')
  const wanted = readFileSync(requirements, 'utf8')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    await mustRun('python3', ['-m', 'venv', '--clear', environment])
    await mustRun(python, ['-m', 'pip', 'install', '--quiet', '-r', requirements], { timeoutMs: 600_000 })
    writeFileSync(stamp, wanted)
  }
  return python
}

export async function judge(context: JudgeContext): Promise<void> {
  await judgeClient(context, { command: await install(), args: ['-u', path.join(folder, 'client.py')] })
}
