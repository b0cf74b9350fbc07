import { KafkaError } from '@odradek/kafka-protocol'
import { OpenTransactions } from './open-transactions.ts'
import { isNextSequence, noEpoch, ProducerEntry } from './producer-entry.ts'
import type { ProducerBatch } from './producer-entry.ts'

/** Who wrote what is appended, and so how much of it is checked. */
export type AppendOrigin = 'client' | 'coordinator' | 'replication'

/** The part of a record batch's header that concerns its producer; `RecordBatch` has it. */
export interface ProducerBatchHeader {
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly lastSequence: number
  readonly lastOffsetDelta: number
  readonly maxTimestampMs: number
  readonly isTransactional: boolean
}

/** The one record of a control batch that ends a transaction. */
export interface TransactionMarker {
  readonly isCommit: boolean
  readonly coordinatorEpoch: number
  readonly timestampMs: number
}

/** An aborted transaction, as the transaction index (`.txnindex`) keeps it. */
export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
  /** Of its abort marker. */
  readonly lastOffset: number
  readonly lastStableOffset: number
}

/**
 * The producers of one partition: sequence numbers and epochs for idempotence (KIP-98, KIP-360), and open transactions for the
 * last stable offset. Kafka's rules: `check*` throws before anything is written, `apply*` is called once it is, and replay calls
 * `apply*` alone, so state after a restart is the state before.
 */
export class ProducerStates {
  readonly #entries = new Map<number, ProducerEntry>()
  readonly transactions = new OpenTransactions()
  /** All batches below this offset are applied. */
  mapEndOffset = 0

  get size(): number {
    return this.#entries.size
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0
  }

  entries(): IterableIterator<ProducerEntry> {
    return this.#entries.values()
  }

  get(producerId: number): ProducerEntry | undefined {
    return this.#entries.get(producerId)
  }

  /** The batch of which this one is a retry, if its answer must be given again. */
  duplicateOf(batch: ProducerBatchHeader): ProducerBatch | undefined {
    return this.#entries.get(batch.producerId)?.duplicateOf(batch.producerEpoch, batch.baseSequence, batch.lastSequence)
  }

  /**
   * Whether a data batch may be appended. Throws `KafkaError` INVALID_PRODUCER_EPOCH, OUT_OF_ORDER_SEQUENCE_NUMBER or
   * INVALID_TXN_STATE. Sequences are checked for clients only; replicas take what the leader took.
   */
  checkData(batch: ProducerBatchHeader, origin: AppendOrigin): void {
    const entry = this.#entries.get(batch.producerId)
    if (entry === undefined) return
    if (origin !== 'replication') checkEpoch(entry, batch.producerEpoch)
    if (origin === 'client') checkSequence(entry, batch)
    if (entry.currentTransactionFirstOffset !== -1 && !batch.isTransactional) {
      throw new KafkaError(
        'INVALID_TXN_STATE',
        `producer ${batch.producerId} has an open transaction here, but its batch is not transactional`,
      )
    }
  }

  /** As `checkData`, for a control batch; also TRANSACTION_COORDINATOR_FENCED. */
  checkMarker(batch: ProducerBatchHeader, marker: TransactionMarker, origin: AppendOrigin): void {
    const entry = this.#entries.get(batch.producerId)
    if (entry === undefined || origin === 'replication') return
    checkEpoch(entry, batch.producerEpoch)
    if (marker.coordinatorEpoch < entry.coordinatorEpoch) {
      throw new KafkaError(
        'TRANSACTION_COORDINATOR_FENCED',
        `marker of coordinator epoch ${marker.coordinatorEpoch} for producer ${batch.producerId}, ${entry.coordinatorEpoch} was seen before`,
      )
    }
  }

  /** Notes a data batch that was written at `baseOffset`. */
  applyData(batch: ProducerBatchHeader, baseOffset: number): void {
    const entry = this.#entry(batch.producerId)
    entry.addBatch(batch.producerEpoch, {
      lastSequence: batch.lastSequence,
      lastOffset: baseOffset + batch.lastOffsetDelta,
      offsetDelta: batch.lastOffsetDelta,
      timestampMs: batch.maxTimestampMs,
    })
    if (batch.isTransactional && entry.currentTransactionFirstOffset === -1) {
      entry.currentTransactionFirstOffset = baseOffset
      this.transactions.begin(batch.producerId, baseOffset)
    }
  }

  /** Notes a marker that was written at `offset`; returns the transaction that it aborted, if it aborted one. */
  applyMarker(batch: ProducerBatchHeader, marker: TransactionMarker, offset: number): AbortedTransaction | undefined {
    const entry = this.#entry(batch.producerId)
    const firstOffset = entry.currentTransactionFirstOffset
    entry.setEpoch(batch.producerEpoch)
    entry.coordinatorEpoch = marker.coordinatorEpoch
    entry.lastTimestampMs = marker.timestampMs
    entry.currentTransactionFirstOffset = -1
    if (firstOffset === -1) return undefined
    const lastStableOffset = this.transactions.complete(firstOffset, offset)
    if (marker.isCommit) return undefined
    return { producerId: batch.producerId, firstOffset, lastOffset: offset, lastStableOffset }
  }

  /** Takes the entries of a snapshot that was made at `offset`, but not those that expired meanwhile. */
  load(entries: readonly ProducerEntry[], offset: number, nowMs: number, expirationMs: number): void {
    this.clear(offset)
    const kept = entries.filter((entry) => !isExpired(entry, nowMs, expirationMs))
    for (const entry of kept) this.#entries.set(entry.producerId, entry)
    this.transactions.load(
      kept
        .filter((entry) => entry.currentTransactionFirstOffset !== -1)
        .map(({ producerId, currentTransactionFirstOffset }) => ({
          producerId,
          firstOffset: currentTransactionFirstOffset,
        })),
    )
  }

  /** Forgets producers that have been silent for `expirationMs` and have no open transaction. */
  removeExpired(nowMs: number, expirationMs: number): void {
    for (const entry of this.#entries.values()) {
      if (isExpired(entry, nowMs, expirationMs)) this.#entries.delete(entry.producerId)
    }
  }

  clear(mapEndOffset: number): void {
    this.#entries.clear()
    this.transactions.clear()
    this.mapEndOffset = mapEndOffset
  }

  #entry(producerId: number): ProducerEntry {
    let entry = this.#entries.get(producerId)
    if (entry === undefined) {
      entry = new ProducerEntry(producerId)
      this.#entries.set(producerId, entry)
    }
    return entry
  }
}

function isExpired(entry: ProducerEntry, nowMs: number, expirationMs: number): boolean {
  return entry.currentTransactionFirstOffset === -1 && nowMs - entry.lastTimestampMs >= expirationMs
}

function checkEpoch(entry: ProducerEntry, epoch: number): void {
  if (epoch >= entry.epoch) return
  throw new KafkaError(
    'INVALID_PRODUCER_EPOCH',
    `epoch ${epoch} of producer ${entry.producerId} is older than ${entry.epoch}, which was seen before: a newer producer took over`,
  )
}

function checkSequence(entry: ProducerEntry, { producerEpoch, baseSequence }: ProducerBatchHeader): void {
  // After its records were deleted a producer is known by its markers at most: any sequence is taken.
  if (entry.epoch === noEpoch) return
  const isNewEpoch = producerEpoch !== entry.epoch
  if (isNewEpoch ? baseSequence === 0 : isNextSequence(entry.lastSequence, baseSequence)) return
  throw new KafkaError(
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
    isNewEpoch
      ? `producer ${entry.producerId} begins epoch ${producerEpoch} with sequence ${baseSequence} instead of 0`
      : `producer ${entry.producerId} sent sequence ${baseSequence} after ${entry.lastSequence}`,
  )
}
