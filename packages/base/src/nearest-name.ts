/** The number of single-letter edits between two words, or `limit` if it is not below that. */
function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const change = (previous[column - 1] as number) + (left[row - 1] === right[column - 1] ? 0 : 1)
      current.push(Math.min(change, (previous[column] as number) + 1, (current[column - 1] as number) + 1))
    }
    previous = current
  }
  return Math.min(limit, previous[right.length] as number)
}

/** The known name that a person most likely meant, if one is near enough to be named. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let limit = Math.max(3, Math.ceil(name.length / 3))
  let nearest: string | undefined
  for (const candidate of known) {
    const distance = editDistance(name, candidate, limit)
    if (distance < limit) {
      limit = distance
      nearest = candidate
    }
  }
  return nearest
}
