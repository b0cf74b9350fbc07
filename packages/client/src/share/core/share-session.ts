import { ErrorCode } from '@odradek/kafka-protocol'

/** One partition as a share session names it. */
export interface SharePartition {
  readonly topicId: string
  readonly partition: number
}

export interface SessionPlan {
  readonly epoch: number
  readonly added: readonly SharePartition[]
  readonly forgotten: readonly SharePartition[]
}

const epochMax = 0x7fff_ffff
const finalEpoch = -1

/**
 * The client's side of the share session with one broker (KIP-932): the broker remembers the partitions, and that this member has acquired records. Its
 * epoch grows with each request, of fetches and acknowledgements alike; one request is under way at a time.
 */
export class ShareSession {
  /** 0 opens a session. */
  #epoch = 0
  readonly #known = new Map<string, SharePartition>()

  /** Only an open session takes acknowledgements. */
  get isOpen(): boolean {
    return this.#epoch > 0
  }

  /** For a fetch of these partitions. */
  plan(partitions: readonly SharePartition[]): SessionPlan {
    if (!this.isOpen) this.#known.clear()
    const wanted = new Map(partitions.map((each) => [keyOf(each), each]))
    const forgotten = [...this.#known].filter(([key]) => !wanted.has(key)).map(([, each]) => each)
    const added = [...wanted].filter(([key]) => !this.#known.has(key)).map(([, each]) => each)
    for (const each of forgotten) this.#known.delete(keyOf(each))
    for (const each of added) this.#known.set(keyOf(each), each)
    return { epoch: this.#epoch, added, forgotten }
  }

  /** For acknowledgements alone. */
  get epoch(): number {
    return this.#epoch
  }

  /** The epoch that ends the session: the broker releases what the member has not acknowledged. */
  close(): number {
    this.#epoch = 0
    return finalEpoch
  }

  /** Takes the head of the answer; false: the session is gone, and with it what was acquired in it. */
  answered(errorCode: number): boolean {
    if (errorCode === ErrorCode.SHARE_SESSION_NOT_FOUND || errorCode === ErrorCode.INVALID_SHARE_SESSION_EPOCH) {
      this.failed()
      return false
    }
    this.#epoch = this.#epoch === epochMax ? 1 : this.#epoch + 1
    return true
  }

  /** The answer did not come: whether the broker has moved on is not known. */
  failed(): void {
    this.#epoch = 0
    this.#known.clear()
  }
}

function keyOf({ topicId, partition }: SharePartition): string {
  return `${topicId}-${partition}`
}
