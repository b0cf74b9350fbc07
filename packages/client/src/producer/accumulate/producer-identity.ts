const epochMax = 32_767

/** The id and epoch by which brokers recognise a producer; -1 until it has one. */
export class ProducerIdentity {
  readonly isTransactional: boolean
  producerId = -1
  producerEpoch = -1

  constructor(isTransactional: boolean) {
    this.isTransactional = isTransactional
  }

  get isKnown(): boolean {
    return this.producerId >= 0
  }

  set(producerId: number, producerEpoch: number): void {
    this.producerId = producerId
    this.producerEpoch = producerEpoch
  }

  /**
   * Begins a new epoch, so that sequence numbers can begin at 0 again (KIP-360). Only without transactions: there, epochs are the coordinator's. After the
   * last epoch the producer needs a new id.
   */
  bumpEpoch(): void {
    if (this.producerEpoch >= epochMax) this.set(-1, -1)
    else this.producerEpoch++
  }
}
