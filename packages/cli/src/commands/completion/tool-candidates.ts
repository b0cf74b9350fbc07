import type { ToolOption } from '../../kafka-tools/tool-options.ts'
import type { Candidates } from './candidates.ts'

/** What a word of one of Kafka's tools may become: an option, or the value of one that names topics, groups or a file. */
export async function toolCandidates(
  options: readonly ToolOption[],
  before: readonly string[],
  ask: (kind: 'topics' | 'groups') => Promise<string[]>,
): Promise<Candidates> {
  const previous = before.at(-1) ?? ''
  const option = options.find(({ name, value }) => value !== undefined && previous === `--${name}`)
  if (option !== undefined) {
    const { name, value = '' } = option
    if (name === 'topic' || name === 'topics') return { words: (await ask('topics')).map((word) => ({ word })) }
    if (name === 'group') return { words: (await ask('groups')).map((word) => ({ word })) }
    return /file|config$/.test(`${value} ${name}`) ? { words: [], files: true } : { words: [] }
  }
  return { words: options.map(({ name, description }) => ({ word: `--${name}`, description })) }
}
