/** Lets the event loop go round once. */
export const turn = () => new Promise((resolve) => void setImmediate(resolve))

const chunkRecords = 1000

/** A stream for a library that takes lists: chunks of a thousand, as many under way as there may be records. */
export async function streamInChunks(next, onDone, send, underWayMax) {
  const work = async () => {
    for (;;) {
      const values = []
      for (let value = next(); value !== undefined; value = next()) {
        values.push(value)
        if (values.length === chunkRecords) break
      }
      if (values.length === 0) return
      await send(values)
      onDone(values.length)
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.floor(underWayMax / chunkRecords)) }, work))
}
