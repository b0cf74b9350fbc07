import type { SetWatches2 } from '@odradek/zookeeper-protocol'
import type { WatchPath } from './watch-registry.ts'

/** Paths of one packet, as the Java client bounds them: well below the server's jute.maxbuffer. */
export const setWatchesSizeBytesMax = 128 * 1024

/** The setWatches2 requests that arm `paths` again, each with at most `sizeBytesMax` of paths, or a single longer one. */
export function* setWatchesBatches(
  paths: Iterable<WatchPath>,
  relativeZxid: bigint,
  sizeBytesMax = setWatchesSizeBytesMax,
): Generator<SetWatches2> {
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
  return { data: [], exist: [], children: [], persistent: [], persistentRecursive: [] }
}

function toRequest(batch: Batch, relativeZxid: bigint): SetWatches2 {
  return {
    relativeZxid,
    dataWatches: batch.data,
    existWatches: batch.exist,
    childWatches: batch.children,
    persistentWatches: batch.persistent,
    persistentRecursiveWatches: batch.persistentRecursive,
  }
}

/** Whether a server before 3.6, which knows only setWatches, can do what the request asks for. */
export function isOneShotOnly({ persistentWatches, persistentRecursiveWatches }: SetWatches2): boolean {
  return persistentWatches?.length === 0 && persistentRecursiveWatches?.length === 0
}
