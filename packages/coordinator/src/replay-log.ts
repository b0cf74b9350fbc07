import type { Logger, Timers } from '@odradek/base'
import { DecodeError } from '@odradek/base'
import type { RecordBatch } from '@odradek/kafka-protocol'
import { batchesOf, parseEndTransaction } from '@odradek/kafka-protocol'
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
  for (const logged of batch.records()) {
    const { offset, key, value } = logged
    count++
    if (count === 1) batchOffset = offset
    if (batch.isControl) {
      const end = parseEndTransaction(logged)
      if (end !== undefined) core.replayEndTransaction(batch.producerId, end.outcome === 'commit', offset)
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
