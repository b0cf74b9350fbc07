import type { SetWatches } from '@odradek/zookeeper-protocol'
import type { WatchPath } from './watch-registry.ts'

/** Paths of one packet, as the Java client bounds them: well below the server's jute.maxbuffer. */
export const setWatchesSizeBytesMax = 128 * 1024

/** The setWatches requests that arm `paths` again, each with at most `sizeBytesMax` of paths, or a single longer one. */
export function* setWatchesBatches(
  paths: Iterable<WatchPath>,
  relativeZxid: bigint,
  sizeBytesMax = setWatchesSizeBytesMax,
): Generator<SetWatches> {
  let batch = emptyBatch()
  let sizeBytes = 0
  for (const { kind, path } of paths) {
    const pathSizeBytes = 4 + Buffer.byteLength(path)
    if (sizeBytes > 0 && sizeBytes + pathSizeBytes > sizeBytesMax) {
      yield toRequest(batch, relativeZxid)
      batch = emptyBatch()
      sizeBytes = 0
    }
    batch[kind].push(path)
    sizeBytes += pathSizeBytes
  }
  if (sizeBytes > 0) yield toRequest(batch, relativeZxid)
}

type Batch = Record<WatchPath['kind'], string[]>

function emptyBatch(): Batch {
  return { data: [], exist: [], children: [] }
}

function toRequest(batch: Batch, relativeZxid: bigint): SetWatches {
  return { relativeZxid, dataWatches: batch.data, existWatches: batch.exist, childWatches: batch.children }
}
