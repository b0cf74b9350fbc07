import type { LogLevel, LogLevels } from '@odradek/base'
import { ROOT_LOGGER } from '@odradek/base'
import { KafkaError } from '@odradek/kafka-protocol'
import type { IncrementalAlterConfigsRequest } from '@odradek/kafka-protocol/messages/44-incremental-alter-configs'
import { ConfigSource } from '../config/describe-configs.ts'
import type { DescribedConfig } from '../config/describe-configs.ts'
import { AlterOperation } from './alter-operation.ts'

type Change = IncrementalAlterConfigsRequest['resources'][number]['configs'][number]

/** Kafka's levels, and those of here that say the same. */
const levels: ReadonlyMap<string, LogLevel> = new Map([
  ['TRACE', 'debug'],
  ['DEBUG', 'debug'],
  ['INFO', 'info'],
  ['WARN', 'warn'],
  ['ERROR', 'error'],
  ['FATAL', 'error'],
])

/** The loggers of this process and their levels; they change while it runs and are not kept (KIP-412). */
export function describeBrokerLoggers(logLevels: LogLevels): DescribedConfig[] {
  return logLevels.names.map((name) => ({
    name,
    value: logLevels.of(name).level.toUpperCase(),
    source: ConfigSource.DYNAMIC_BROKER_LOGGER,
    isSensitive: false,
    isReadOnly: false,
    typeId: 0,
    documentation: '',
    synonyms: [],
  }))
}

/** Changes levels, all or none. Throws INVALID_CONFIG for a logger or level that there is not, INVALID_REQUEST for what cannot be done. */
export function changeBrokerLoggers(logLevels: LogLevels, changes: readonly Change[], validateOnly: boolean): void {
  const steps = changes.map((change) => stepOf(logLevels, change))
  if (!validateOnly) for (const step of steps) step()
}

function stepOf(logLevels: LogLevels, { name, value, configOperation }: Change): () => void {
  const isKnown = configOperation === AlterOperation.SET || configOperation === AlterOperation.DELETE
  if (!isKnown) {
    const named = configOperation === AlterOperation.APPEND ? 'APPEND' : 'SUBTRACT'
    throw new KafkaError('INVALID_REQUEST', `${named} operation is not allowed for the BROKER_LOGGER resource`)
  }
  if (!logLevels.has(name)) throw new KafkaError('INVALID_CONFIG', `Logger ${name} does not exist!`)
  if (configOperation === AlterOperation.DELETE) {
    if (name === ROOT_LOGGER) {
      throw new KafkaError('INVALID_REQUEST', `Removing the log level of the ${ROOT_LOGGER} logger is not allowed`)
    }
    return () => logLevels.unset(name)
  }
  const level = levels.get(value ?? '')
  if (level === undefined) {
    throw new KafkaError(
      'INVALID_CONFIG',
      `Cannot set the log level of ${name} to ${value} as it is not a supported log level. Valid log levels are ${[...levels.keys()].join(', ')}`,
    )
  }
  return () => logLevels.set(name, level)
}
