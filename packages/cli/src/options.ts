import type { LogLevel } from '@odradek/base'
import { CliError } from './cli-error.ts'

const logLevels: readonly string[] = ['debug', 'info', 'warn', 'error'] satisfies LogLevel[]

/** A port as given on the command line: 0 to 65535. */
export function parsePort(option: string, text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new CliError('INVALID_OPTION', `${option} takes a port from 0 (any free one) to 65535, not "${text}"`)
  }
  return port
}

export function parseLogLevel(text: string): LogLevel {
  if (!logLevels.includes(text)) {
    throw new CliError('INVALID_OPTION', `--log-level takes ${logLevels.join(', ')}, not "${text}"`)
  }
  return text as LogLevel
}

/** A count as given on the command line: a whole number above 0. */
export function parseCount(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new CliError('INVALID_OPTION', `${option} takes a number above 0, not "${text}"`)
  }
  return Number(text)
}
