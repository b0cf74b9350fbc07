import { CliError } from '../cli-error.ts'

export const outputFormats = ['table', 'json', 'jsonl', 'yaml'] as const

/** How rows are printed: columns for people, one JSON array, one JSON object a line, or YAML. */
export type OutputFormat = (typeof outputFormats)[number]

export function isOutputFormat(text: string): text is OutputFormat {
  return (outputFormats as readonly string[]).includes(text)
}

/** The value of `-o`. */
export function parseOutputFormat(text: string): OutputFormat {
  if (isOutputFormat(text)) return text
  throw new CliError('INVALID_OPTION', `-o takes ${outputFormats.join(', ')}, not "${text}"`)
}
