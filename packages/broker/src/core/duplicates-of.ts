/** The names that come more than once. In linear time: a request may hold millions of them. */
export function duplicatesOf(names: readonly string[]): Set<string> {
  const seen = new Set<string>()
  const duplicates = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) duplicates.add(name)
    else seen.add(name)
  }
  return duplicates
}
