// Where the answers differ, and why: each also stands in docs/compatibility.md, "Where an answer differs".
import type { FieldDifference } from './compare.ts'

interface KnownDifference {
  readonly api: string
  /** Of the field. */
  readonly path: RegExp
  readonly reason: string
  /** Of the request's title. */
  readonly title?: RegExp
}

const known: readonly KnownDifference[] = []

export function reasonOf(api: string, title: string, { path }: FieldDifference): string | undefined {
  return known.find((each) => each.api === api && each.path.test(path) && (each.title?.test(title) ?? true))?.reason
}
