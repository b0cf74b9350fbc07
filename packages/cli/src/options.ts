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

const sizeUnits: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, G: 1e9, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 }

/** A number with or without K, M, G (powers of 1000), Ki, Mi, Gi (powers of 1024) behind it; undefined for anything else. */
export function sizeOf(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,15}(?:\.\d{1,6})?)(?:([KMG]i?)B?|B)?$/.exec(text) ?? []
  if (digits === undefined) return undefined
  return Number(digits) * (unit === undefined ? 1 : (sizeUnits[unit] ?? 1))
}

/** Bytes as given on the command line: a whole number above 0, such as 1048576 or 1Mi. */
export function parseBytes(option: string, text: string): number {
  const bytes = Math.round(sizeOf(text) ?? 0)
  if (bytes > 0) return bytes
  throw new CliError('INVALID_OPTION', `${option} takes bytes, such as 1048576, 1Mi or 10M, not "${text}"`)
}

const durationUnitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A duration as given on the command line: 500ms, 90s, 15m, 2h, 7d. */
export function parseDurationMs(option: string, text: string): number {
  const [, digits, unit] = /^(\d{1,12}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text) ?? []
  if (unit !== undefined) return Math.round(Number(digits) * (durationUnitsMs[unit] ?? 1))
  throw new CliError('INVALID_OPTION', `${option} takes a duration such as 500ms, 90s, 15m, 2h or 7d, not "${text}"`)
}
