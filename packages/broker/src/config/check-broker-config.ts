import type { BrokerConfig } from './broker-config.ts'
import { brokerKeyBehind } from './broker-config-texts.ts'
import { ConfigError } from './config-error.ts'
import { configWarnings } from './config-warnings.ts'
import { parseBrokerConfig } from './parse-broker-config.ts'
import type { Property } from './parse-properties.ts'

/** Everything that is to be said of a configuration file at once. */
export interface CheckedBrokerConfig {
  /** Why a broker would not start with it; empty when it would. */
  readonly faults: readonly string[]
  readonly warnings: readonly string[]
  readonly config: BrokerConfig | undefined
}

/** As `parseBrokerConfig`, but names every value that cannot be, not only the first. */
export function checkBrokerConfig(properties: ReadonlyMap<string, Property>): CheckedBrokerConfig {
  const texts = new Map([...properties].map(([name, { value }]) => [name, value]))
  const faults: string[] = []
  for (const [name, { value, line }] of properties) {
    try {
      brokerKeyBehind(name)?.parse(value)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      faults.push(`${error.message} (line ${line})`)
    }
  }
  const warnings = configWarnings(texts)
  if (faults.length > 0) return { faults, warnings, config: undefined }
  try {
    return { faults, warnings, config: parseBrokerConfig(properties) }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { faults: [error.message], warnings, config: undefined }
  }
}
