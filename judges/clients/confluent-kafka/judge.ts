// confluent-kafka for Python, from its package index, in a virtual environment of its own.
import path from 'node:path'
import type { DriverCommand } from '../../lib/client-driver.ts'
import { judgeClient } from '../../lib/client-scenario.ts'
import { root } from '../../lib/folders.ts'
import type { JudgeContext } from '../../lib/judge.ts'
import { pythonEnvironment } from '../../lib/python-environment.ts'

const folder = path.join(root, 'judges', 'clients', 'confluent-kafka')

/** The Python of a virtual environment with the requirements of a file beside this one; groups of the consumer protocol need the newest. */
export function installConfluentKafka(name: 'requirements' | 'requirements-newest'): Promise<string> {
  const environment = name === 'requirements' ? 'confluent-kafka' : 'confluent-kafka-newest'
  return pythonEnvironment(environment, path.join(folder, `${name}.txt`))
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
