import type { Clock } from '@odradek/base'
import { logLevel } from '../enums.ts'
import type { LogEntry, logCreator, Logger } from '../types/logger.ts'

export interface LoggerOptions {
  readonly clock: Clock
  readonly level?: logLevel | undefined
  readonly logCreator?: logCreator | undefined
  /** What the environment says in place of every level that the program sets: KAFKAJS_LOG_LEVEL. */
  readonly levelName?: string | undefined
}

const labels = [
  ['info', 'INFO'],
  ['error', 'ERROR'],
  ['warn', 'WARN'],
  ['debug', 'DEBUG'],
] as const

/** A logger as kafkajs has it: levels, namespaces, and a function of the user's that writes the entries. */
export function createLogger({
  clock,
  level = logLevel.INFO,
  logCreator = consoleLogCreator,
  levelName,
}: LoggerOptions): Logger {
  const forced = logLevel[(levelName ?? '').toUpperCase() as keyof typeof logLevel] as logLevel | undefined
  let current = forced ?? level
  const write = logCreator(current)
  const build = (namespace: string, own: logLevel | undefined): Logger => {
    const entries = labels.map(([name, label]) => {
      const severity = logLevel[label]
      const log = (message: string, extra: object = {}): void => {
        if (severity > (own ?? current)) return
        const timestamp = new Date(clock.wallMs()).toISOString()
        write({ namespace, level: severity, label, log: { timestamp, logger: 'kafkajs', message, ...extra } })
      }
      return [name, log] as const
    })
    return {
      ...(Object.fromEntries(entries) as Pick<Logger, 'info' | 'error' | 'warn' | 'debug'>),
      namespace: (name, wanted) => build(name, forced ?? wanted ?? undefined),
      setLogLevel: (wanted) => {
        current = wanted
      },
    }
  }
  return build(undefined as unknown as string, undefined)
}

/** Writes each entry as one line of JSON to the console. */
export function consoleLogCreator(): (entry: LogEntry) => void {
  return ({ namespace, level, label, log }) => {
    const prefix = namespace === undefined || namespace === '' ? '' : `[${namespace}] `
    const line = JSON.stringify({ level: label, ...log, message: `${prefix}${log.message}` })
    if (level === logLevel.INFO) console.info(line)
    else if (level === logLevel.ERROR) console.error(line)
    else if (level === logLevel.WARN) console.warn(line)
    else if (level === logLevel.DEBUG) console.log(line)
  }
}
