import type { LogFields, LogLevel } from '@odradek/base'

export interface LogEntry {
  readonly time: Date
  readonly level: LogLevel
  readonly component: string
  readonly message: string
  readonly fields: LogFields
}

export interface LineStyle {
  readonly json: boolean
  readonly colour: boolean
  /** Show the stacks of errors below the line. */
  readonly withStack: boolean
}

const levelColour: Readonly<Record<LogLevel, string>> = { debug: '90', info: '32', warn: '33', error: '31' }

/** `12:34:56.789 INFO  component  message key=value`, or one JSON object; always ends with a line feed. */
export function formatLine(entry: LogEntry, style: LineStyle): string {
  return style.json ? jsonLine(entry) : textLine(entry, style)
}

function textLine(entry: LogEntry, { colour, withStack }: LineStyle): string {
  const paint = (code: string, text: string): string => (colour ? `\x1b[${code}m${text}\x1b[0m` : text)
  const level = paint(levelColour[entry.level], entry.level.toUpperCase().padEnd(5))
  const component = entry.component === '' ? '' : `${paint('36', entry.component)}  `
  let line = `${paint('90', timeOfDay(entry.time))} ${level} ${component}${oneLine(entry.message)}`
  let stack = ''
  for (const [key, value] of Object.entries(entry.fields)) {
    if (value === undefined) continue
    line += ` ${paint('90', `${key}=`)}${fieldText(value)}`
    if (withStack && value instanceof Error) stack += stackText(value)
  }
  return `${line}\n${stack}`
}

function timeOfDay(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const milliseconds = String(time.getMilliseconds()).padStart(3, '0')
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${milliseconds}`
}

/** A message holds what came from outside at times: control characters must not forge lines or move the cursor. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1))
}

function fieldText(value: unknown): string {
  if (value instanceof Error) return quoted(errorText(value))
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'object' && value !== null) return oneLine(toJson(value))
  return String(value)
}

function quoted(text: string): string {
  return /^[^\s"=\p{Cc}]+$/u.test(text) ? text : JSON.stringify(text)
}

/** The error's message and those of its causes, but what has been said is not said again. */
function errorText(error: Error): string {
  const own = error.message === '' ? error.name : error.message
  if (!(error.cause instanceof Error)) return own
  const cause = errorText(error.cause)
  return own.includes(cause) ? own : `${own}: ${cause}`
}

function stackText(error: Error): string {
  const own = `${error.stack ?? error.message}\n`.replaceAll(/^(?=.)/gm, '    ')
  return error.cause instanceof Error ? `${own}    caused by\n${stackText(error.cause)}` : own
}

function jsonLine(entry: LogEntry): string {
  const { time, level, component, message, fields } = entry
  return `${toJson({ time: time.toISOString(), level, ...(component === '' ? {} : { component }), message, ...fields })}\n`
}

/** JSON of what fields hold, also of big integers, errors and bytes. */
function toJson(value: object): string {
  try {
    return JSON.stringify(value, (_key, inner: unknown) => {
      if (typeof inner === 'bigint') return inner.toString()
      if (inner instanceof Error) return { name: inner.name, message: errorText(inner), stack: inner.stack }
      if (inner instanceof Map) return Object.fromEntries(inner)
      if (inner instanceof Set) return [...inner]
      return inner
    })
  } catch (error) {
    return JSON.stringify({ unprintable: String(error) })
  }
}
