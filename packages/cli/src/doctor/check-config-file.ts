import type { Env } from '@odradek/base'
import { OdradekError } from '@odradek/base'
import { checkBrokerConfig, parseProperties } from '@odradek/broker'
import type { BrokerConfig } from '@odradek/broker'
import { readTextFile } from '../read-file.ts'
import { messageOf, ok, problem, warning } from './finding.ts'
import type { Finding } from './finding.ts'

/** A server.properties: every value that cannot be, values that contradict each other, keys that do nothing, keys that nobody knows. */
export function checkConfigFile(
  env: Env,
  path: string,
): { readonly findings: readonly Finding[]; readonly config: BrokerConfig | undefined } {
  try {
    const { faults, warnings, config } = checkBrokerConfig(parseProperties(readTextFile(env, path), path))
    const findings = [
      ...faults.map((fault) => problem(path, fault)),
      ...warnings.map((text) => warning(path, text)),
      ...(faults.length === 0 ? [ok(path, 'a broker can start with it')] : []),
    ]
    return { findings, config }
  } catch (error) {
    if (!(error instanceof OdradekError)) throw error
    return { findings: [problem(path, messageOf(error))], config: undefined }
  }
}
