import { UsageError } from './usage-error.ts'

/** The words of a line: parted by spaces, except in single or double quotes; a backslash takes the next character as it is, but not in single quotes. */
export function splitWords(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote: '"' | "'" | undefined
  for (let index = 0; index < line.length; index++) {
    const character = line[index] as string
    if (character === '\\' && quote !== "'" && index + 1 < line.length) {
      index += 1
      word = (word ?? '') + (line[index] as string)
    } else if (quote !== undefined) {
      if (character === quote) quote = undefined
      else word = (word ?? '') + character
    } else if (character === '"' || character === "'") {
      quote = character
      word ??= ''
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + character
  }
  if (quote !== undefined) throw new UsageError(`the quotation mark ${quote} is not closed`)
  if (word !== undefined) words.push(word)
  return words
}
