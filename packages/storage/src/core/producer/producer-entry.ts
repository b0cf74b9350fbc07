/** What is remembered of one batch of an idempotent producer. */
export interface ProducerBatch {
  readonly lastSequence: number
  readonly lastOffset: number
  /** Last offset less first offset. */
  readonly offsetDelta: number
  readonly timestampMs: number
}

/** As many as a producer may have in flight: a retry of any of them is recognised. */
export const batchesKeptMax = 5
export const noEpoch = -1
export const noSequence = -1
const sequenceMax = 0x7fff_ffff

/** What one partition knows of one producer id. */
export class ProducerEntry {
  readonly producerId: number
  epoch = noEpoch
  coordinatorEpoch = -1
  lastTimestampMs = -1
  /** -1 while no transaction of this producer is open here. */
  currentTransactionFirstOffset = -1
  /** Oldest first; at most `batchesKeptMax`. */
  readonly batches: ProducerBatch[] = []

  constructor(producerId: number) {
    this.producerId = producerId
  }

  get lastSequence(): number {
    return this.batches.at(-1)?.lastSequence ?? noSequence
  }

  get lastOffset(): number {
    return this.batches.at(-1)?.lastOffset ?? -1
  }

  get lastOffsetDelta(): number {
    return this.batches.at(-1)?.offsetDelta ?? 0
  }

  /** Sets the epoch; a new one forgets the batches of the one before. */
  setEpoch(epoch: number): void {
    if (this.epoch === epoch) return
    this.batches.length = 0
    this.epoch = epoch
  }

  addBatch(epoch: number, batch: ProducerBatch): void {
    this.setEpoch(epoch)
    if (this.batches.length === batchesKeptMax) this.batches.shift()
    this.batches.push(batch)
    this.lastTimestampMs = batch.timestampMs
  }

  /** Batches that came before those that are remembered, oldest first; as many of the newest as there is room for. */
  recall(batches: readonly ProducerBatch[]): void {
    const room = batchesKeptMax - this.batches.length
    if (room > 0) this.batches.unshift(...batches.slice(-room))
  }

  /** The remembered batch with exactly these sequences: what comes is a retry of it. */
  duplicateOf(epoch: number, baseSequence: number, lastSequence: number): ProducerBatch | undefined {
    if (epoch !== this.epoch) return undefined
    return this.batches.find((batch) => batch.lastSequence === lastSequence && firstSequence(batch) === baseSequence)
  }
}

/** Sequences run from 0 to 2^31 - 1 and start again at 0. */
export function firstSequence({ lastSequence, offsetDelta }: ProducerBatch): number {
  const first = lastSequence - offsetDelta
  return first < 0 && lastSequence >= 0 ? first + sequenceMax + 1 : first
}

export function isNextSequence(lastSequence: number, nextSequence: number): boolean {
  return nextSequence === lastSequence + 1 || (nextSequence === 0 && lastSequence === sequenceMax)
}
