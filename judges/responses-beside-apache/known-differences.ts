// Where the answers differ, and why: each also stands in docs/compatibility.md, "Where an answer differs".
import type { FieldDifference } from './compare.ts'

interface KnownDifference {
  /** Names of APIs; absent: any. */
  readonly apis?: readonly string[]
  /** The request's title. */
  readonly title?: RegExp
  /** The field's path. */
  readonly path?: RegExp
  readonly ours?: RegExp
  readonly apaches?: RegExp
  readonly reason: string
}

const known: readonly KnownDifference[] = [
  { path: /errorMessage$/, apaches: /^null$/, reason: 'a sentence where Apache has none' },
  {
    apis: ['PRODUCE'],
    title: /no records|records null/,
    apaches: /no answer/,
    reason: 'Apache leaves a Produce of null records without an answer',
  },
  { apis: ['API_VERSIONS'], path: /^apiKeys/, reason: 'other APIs and versions' },
]

export function reasonOf(api: string, title: string, { path, ours, apaches }: FieldDifference): string | undefined {
  const fits = (pattern: RegExp | undefined, text: string): boolean => pattern?.test(text) ?? true
  return known.find(
    (each) =>
      (each.apis?.includes(api) ?? true) &&
      fits(each.title, title) &&
      fits(each.path, path) &&
      fits(each.ours, ours) &&
      fits(each.apaches, apaches),
  )?.reason
}
