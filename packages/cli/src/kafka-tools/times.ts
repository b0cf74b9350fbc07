import { ToolError } from './tool-error.ts'

/** `YYYY-MM-DDTHH:mm:SS.sss` in ms since 1970; without a time zone it is UTC. Throws `ToolError`. */
export function datetimeMs(text: string): number {
  const milliseconds = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`)
  if (!Number.isNaN(milliseconds)) return milliseconds
  throw new ToolError('USAGE', `a time is YYYY-MM-DDTHH:mm:SS.sss, not "${text}"`)
}

/** ISO 8601's PnDTnHnMnS in ms. Throws `ToolError`. */
export function durationMs(text: string): number {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text)
  if (parts === null || text === 'P' || text.endsWith('T'))
    throw new ToolError('USAGE', `a duration is PnDTnHnMnS, such as P1D or PT30M, not "${text}"`)
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part ?? 0))
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000
}
