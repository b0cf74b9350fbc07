// confluent-kafka for Python, from its package index, in a virtual environment of its own.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { DriverCommand } from '../../lib/client-driver.ts'
import { judgeClient } from '../../lib/client-scenario.ts'
import { cacheFolder, root } from '../../lib/folders.ts'
import type { JudgeContext } from '../../lib/judge.ts'
import { mustRun } from '../../lib/run-command.ts'

const folder = path.join(root, 'judges', 'clients', 'confluent-kafka')

/** The Python of a virtual environment with the requirements of a file beside this one; groups of the consumer protocol need the newest. */
export async function installConfluentKafka(name: 'requirements' | 'requirements-newest'): Promise<string> {
  const environment = cacheFolder(name === 'requirements' ? 'confluent-kafka' : 'confluent-kafka-newest')
  const python = path.join(environment, 'bin', 'python')
  const requirements = path.join(folder, `${name}.txt`)
  const stamp = path.join(environment, 'installed-from.txt')
  const wanted = readFileSync(requirements, 'utf8')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    await mustRun('python3', ['-m', 'venv', '--clear', environment])
    await mustRun(python, ['-m', 'pip', 'install', '--quiet', '-r', requirements], { timeoutMs: 600_000 })
    writeFileSync(stamp, wanted)
  }
  return python
}

/** The client program. */
export async function confluentKafka(
  name: 'requirements' | 'requirements-newest' = 'requirements',
): Promise<DriverCommand> {
  return { command: await installConfluentKafka(name), args: ['-u', path.join(folder, 'client.py')] }
}

export async function judge(context: JudgeContext): Promise<void> {
  await judgeClient(context, await confluentKafka())
}
