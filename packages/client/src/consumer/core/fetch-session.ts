import { ErrorCode } from '@odradek/kafka-protocol'
import { partitionKey } from '../topic-partition.ts'
import type { TopicPartition } from '../topic-partition.ts'

/** What is asked of one partition. */
export interface FetchWish extends TopicPartition {
  readonly topicId: string
  readonly fetchOffset: number
  readonly currentLeaderEpoch: number
  readonly maxBytes: number
}

export interface FetchPlan {
  readonly sessionId: number
  readonly sessionEpoch: number
  /** Those that the broker does not know yet or knows differently; all of them in a full request. */
  readonly wishes: readonly FetchWish[]
  readonly forgotten: readonly FetchWish[]
}

const epochMax = 0x7fff_ffff

/**
 * The client's side of one fetch session (KIP-227): a broker remembers what it was asked, so that a request names only what has changed.
 * `plan` comes before each request; `answered` or `failed` after it.
 */
export class FetchSession {
  #sessionId = 0
  /** 0 asks for a new session. */
  #epoch = 0
  readonly #known = new Map<string, FetchWish>()

  plan(wishes: readonly FetchWish[]): FetchPlan {
    const isFull = this.#epoch === 0
    if (isFull) this.#known.clear()
    const wanted = new Map(wishes.map((wish) => [partitionKey(wish), wish]))
    const forgotten: FetchWish[] = []
    const changed: FetchWish[] = []
    for (const [key, known] of this.#known) {
      const wish = wanted.get(key)
      if (wish?.topicId === known.topicId) continue
      this.#known.delete(key)
      forgotten.push(known)
    }
    for (const [key, wish] of wanted) {
      const known = this.#known.get(key)
      if (known !== undefined && isSame(known, wish)) continue
      this.#known.set(key, wish)
      changed.push(wish)
    }
    return { sessionId: this.#sessionId, sessionEpoch: this.#epoch, wishes: changed, forgotten }
  }

  /** Takes the head of the answer; false: the session is gone, the next request begins a new one. */
  answered(errorCode: number, sessionId: number): boolean {
    if (errorCode !== ErrorCode.NONE) {
      // Where only the epoch is wrong, the old session is closed by asking for a new one under its id.
      this.#reset(errorCode === ErrorCode.FETCH_SESSION_ID_NOT_FOUND ? 0 : this.#sessionId)
      return false
    }
    if (sessionId === 0) this.#reset(0)
    else {
      this.#sessionId = sessionId
      this.#epoch = this.#epoch === epochMax ? 1 : this.#epoch + 1
    }
    return true
  }

  /** The answer did not come: the broker may have moved on or not. */
  failed(): void {
    this.#reset(0)
  }

  #reset(sessionId: number): void {
    this.#sessionId = sessionId
    this.#epoch = 0
    this.#known.clear()
  }
}

function isSame(one: FetchWish, other: FetchWish): boolean {
  return (
    one.fetchOffset === other.fetchOffset &&
    one.currentLeaderEpoch === other.currentLeaderEpoch &&
    one.maxBytes === other.maxBytes
  )
}
