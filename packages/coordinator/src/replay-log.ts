import type { Logger, Timers } from '@odradek/base'
import { ByteReader, DecodeError } from '@odradek/base'
import type { RecordBatch } from '@odradek/kafka-protocol'
import { batchesOf } from '@odradek/kafka-protocol'
import type { CoordinatorCore } from './coordinator-core.ts'
import type { LogPort } from './log-port.ts'
import type { RecordCodec } from './record-codec.ts'

interface ReplayOptions<Rec> {
  readonly codec: RecordCodec<Rec>
  readonly timers: Timers
  readonly log: Logger
  readonly loadSizeBytesMax: number
  /** Asked between the parts: false ends the replay. */
  readonly isWanted: () => boolean
}

/**
 * Replays a partition's log into a fresh core, from its start to its end, and lets other work run between the parts.
 * A record that cannot be understood is reported and left out: one such must not keep a thousand groups from working.
 */
export async function replayLog<Rec>(
  log: LogPort,
  core: CoordinatorCore<Rec>,
  options: ReplayOptions<Rec>,
): Promise<{ records: number; endOffset: number }> {
  let offset = log.logStartOffset
  let records = 0
  while (offset < log.logEndOffset) {
    const before = offset
    for (const chunk of log.read(offset, options.loadSizeBytesMax)) {
      for (const batch of batchesOf(chunk)) {
        if (batch.nextOffset <= offset) continue
        records += replayBatch(batch, core, options)
        offset = batch.nextOffset
      }
    }
    if (offset === before) break
    await new Promise<void>((resolve) => options.timers.endOfTurn(resolve))
    if (!options.isWanted()) break
  }
  return { records, endOffset: offset }
}

function replayBatch<Rec>(batch: RecordBatch, core: CoordinatorCore<Rec>, options: ReplayOptions<Rec>): number {
  let count = 0
  const transactionOf = batch.isTransactional ? batch.producerId : undefined
  let batchOffset = -1
  for (const { offset, key, value } of batch.records()) {
    count++
    if (count === 1) batchOffset = offset
    if (batch.isControl) {
      const committed = endTransactionMarker(key)
      if (committed !== undefined) core.replayEndTransaction(batch.producerId, committed, offset)
      continue
    }
    try {
      const record = options.codec.decode(key, value)
      if (record === undefined) options.log.warn('left out a record of an unknown kind', { offset })
      else core.replay(record, { offset, batchOffset, transactionOf })
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      options.log.warn('left out a record that cannot be decoded', { offset, error })
    }
  }
  return count
}

/** True for a commit marker, false for an abort marker. A control record's key is its version and its type, two int16. */
function endTransactionMarker(key: Buffer | null): boolean | undefined {
  if (key === null || key.length < 4) return undefined
  const reader = new ByteReader(key)
  reader.int16()
  const type = reader.int16()
  return type === 1 ? true : type === 0 ? false : undefined
}
