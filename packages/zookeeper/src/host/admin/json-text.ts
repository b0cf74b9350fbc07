/** A mark before numbers that JavaScript's own cannot hold; no text that a client can name a node by contains it. */
const mark = '\u0000'

/** JSON as people read it, with 64-bit numbers as numbers. Maps become objects. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(
    value,
    (_key, field: unknown) => {
      if (typeof field === 'bigint') return `${mark}${field}`
      return field instanceof Map ? Object.fromEntries(field) : field
    },
    2,
  )
  return text.replaceAll(/"\\u0000(-?\d+)"/g, '$1')
}
