import type { ParseArgsOptionsConfig } from 'node:util'
import type { Env } from '@odradek/base'
import { parseData, parseEncoding } from '../format/data.ts'
import type { ShellArguments } from '../shell-command.ts'
import { UsageError } from '../usage-error.ts'

export const dataOptions = {
  as: { type: 'string' },
  file: { type: 'string', short: 'f' },
} satisfies ParseArgsOptionsConfig

/** The data that a command was given: the argument at `index`, in the encoding of `--as`, or the bytes of `--file`. Null when there is neither. */
export function dataArgument(env: Env, { positionals, options }: ShellArguments, index: number): Buffer | null {
  const text = positionals[index]
  const encoding = parseEncoding(String(options['as'] ?? 'utf8'))
  if (typeof options['file'] === 'string') {
    if (text !== undefined) throw new UsageError('give the data or --file, not both')
    return env.disk.readFileSync(options['file'])
  }
  return text === undefined ? null : parseData(text, encoding)
}
