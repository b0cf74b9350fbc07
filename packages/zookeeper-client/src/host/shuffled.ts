import type { Random } from '@odradek/base'

/** The items in an order drawn by chance, so that the clients of an ensemble spread over its servers. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items]
  for (let index = result.length - 1; index > 0; index--) {
    const other = random.integer(index + 1)
    const item = result[index] as T
    result[index] = result[other] as T
    result[other] = item
  }
  return result
}
