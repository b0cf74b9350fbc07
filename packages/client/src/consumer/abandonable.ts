/**
 * An iteration that can be left at any time: `return` takes back a `next` that is still waiting, as the signal that `iterate` got is aborted, where a generator by
 * itself would wait for that first. What the application holds is given back.
 */
export function abandonable<Item>(
  iterate: (signal: AbortSignal) => AsyncGenerator<Item, undefined>,
): AsyncGenerator<Item, undefined> {
  const leaving = new AbortController()
  const items = iterate(leaving.signal)
  const end = items.return.bind(items)
  return Object.assign(items, {
    return: (value: undefined | PromiseLike<undefined>) => {
      leaving.abort()
      return end(value)
    },
  })
}
