import type { PartitionFetch, PartitionRead } from '../partition/partition-fetch.ts'
import type { FetchAnswer, FetchContext } from './fetch-context.ts'
import { allOf, refusedContext, sessionlessContext } from './fetch-context.ts'
import type { PartitionName, SessionPartition } from './fetch-session.ts'
import { FetchSession } from './fetch-session.ts'

export interface FetchSessionRequest {
  /** 0 asks for a new session. */
  readonly sessionId: number
  /** 0 opens a session, -1 closes it or does without, others continue it. */
  readonly sessionEpoch: number
  readonly usesTopicIds: boolean
  readonly isFollower: boolean
  readonly fetches: readonly PartitionFetch[]
  readonly forgotten: readonly PartitionName[]
  /** A topic's name by its id, for topics that were not known when the session first heard of them. */
  nameOf(topicId: string): string | undefined
}

const initialEpoch = 0
const finalEpoch = -1

// Error codes of the protocol's table.
const fetchSessionIdNotFound = 70
const invalidFetchSessionEpoch = 71
const fetchSessionTopicIdError = 106

export interface FetchSessionCacheOptions {
  /** `max.incremental.fetch.session.cache.slots` */
  readonly slots: number
  /** A session unused for so long gives way to any other, one that lived so long to a larger one or a follower's. */
  readonly evictionMs: number
  /** A random number from 1 to 2^31 - 1. */
  readonly newSessionId: () => number
}

/**
 * The fetch sessions of one broker (KIP-227), a bounded number. Who finds no room fetches without session, which always works.
 * Pure: what is read between `open` and the context's `answer` is the host's business.
 */
export class FetchSessionCache {
  readonly #options: FetchSessionCacheOptions
  /** In the order of their last use, oldest first. */
  readonly #sessions = new Map<number, FetchSession>()
  evictions = 0

  constructor(options: FetchSessionCacheOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#sessions.size
  }

  /** Partitions of all sessions. */
  get partitionCount(): number {
    let count = 0
    for (const session of this.#sessions.values()) count += session.partitions.size
    return count
  }

  open(request: FetchSessionRequest, nowMs: number): FetchContext {
    const { sessionId, sessionEpoch } = request
    if (sessionEpoch === initialEpoch || sessionEpoch === finalEpoch) {
      if (sessionId !== 0) this.#sessions.delete(sessionId)
      return sessionEpoch === finalEpoch ? sessionlessContext(request.fetches) : this.#fullContext(request)
    }
    const session = this.#sessions.get(sessionId)
    if (session === undefined) return refusedContext(fetchSessionIdNotFound)
    if (session.epoch !== sessionEpoch) return refusedContext(invalidFetchSessionEpoch)
    if (session.usesTopicIds !== request.usesTopicIds) return refusedContext(fetchSessionTopicIdError)
    session.update(request.fetches, request.forgotten)
    if (session.partitions.size === 0) {
      this.#sessions.delete(sessionId)
      return sessionlessContext([])
    }
    session.lastUsedMs = nowMs
    this.#sessions.delete(sessionId)
    this.#sessions.set(sessionId, session)
    session.advanceEpoch()
    return this.#incrementalContext(session, request)
  }

  /** All is told; a session is made of it if there is room. */
  #fullContext(request: FetchSessionRequest): FetchContext {
    return {
      errorCode: 0,
      sessionId: 0,
      fetches: request.fetches,
      answer: (reads, nowMs) => ({
        errorCode: 0,
        sessionId: this.#create(request, reads, nowMs),
        answers: allOf(request.fetches, reads),
      }),
    }
  }

  #incrementalContext(session: FetchSession, request: FetchSessionRequest): FetchContext {
    const partitions = [...session.partitions.values()]
    for (const partition of partitions) {
      if (partition.topic === '') partition.topic = request.nameOf(partition.topicId) ?? ''
    }
    const { epoch } = session
    return {
      errorCode: 0,
      sessionId: session.sessionId,
      fetches: partitions,
      answer: (reads) => {
        // Another request went on with the session while this one waited: what it would be told may be told already.
        if (session.epoch !== epoch) {
          return { errorCode: invalidFetchSessionEpoch, sessionId: session.sessionId, answers: [] }
        }
        return { errorCode: 0, sessionId: session.sessionId, answers: tell(session, partitions, reads) }
      },
    }
  }

  #create(request: FetchSessionRequest, reads: readonly PartitionRead[], nowMs: number): number {
    if (request.fetches.length === 0 || !this.#makeRoom(request, nowMs)) return 0
    let sessionId: number
    do sessionId = this.#options.newSessionId()
    while (sessionId === 0 || this.#sessions.has(sessionId))
    const { usesTopicIds, isFollower } = request
    const session = new FetchSession({ sessionId, usesTopicIds, isFollower, nowMs })
    session.update(request.fetches, [])
    // A partition that was named twice makes no session: its answers would not match its questions.
    if (session.partitions.size !== request.fetches.length) return 0
    tell(session, [...session.partitions.values()], reads)
    this.#sessions.set(sessionId, session)
    return sessionId
  }

  /** A new session takes the place of an unused one, else of a smaller one that has lived its time; a consumer's never that of a follower's. */
  #makeRoom(request: FetchSessionRequest, nowMs: number): boolean {
    const { slots, evictionMs } = this.#options
    if (this.#sessions.size < slots) return true
    if (slots === 0) return false
    const [oldest] = this.#sessions.values()
    if (oldest !== undefined && nowMs - oldest.lastUsedMs > evictionMs) return this.#evict(oldest)
    let smallest: FetchSession | undefined
    for (const session of this.#sessions.values()) {
      if (nowMs - session.createdMs <= evictionMs) continue
      if (session.isFollower && !request.isFollower) continue
      if (smallest === undefined || rank(session) < rank(smallest)) smallest = session
    }
    if (smallest === undefined) return false
    const isWorthMore =
      (request.isFollower && !smallest.isFollower) || request.fetches.length > smallest.partitions.size
    return isWorthMore && this.#evict(smallest)
  }

  #evict(session: FetchSession): true {
    this.#sessions.delete(session.sessionId)
    this.evictions++
    return true
  }
}

/** Followers' sessions last, then by size. */
function rank(session: FetchSession): number {
  return (session.isFollower ? 2 ** 40 : 0) + session.partitions.size
}

function tell(
  session: FetchSession,
  partitions: readonly SessionPartition[],
  reads: readonly PartitionRead[],
): FetchAnswer[] {
  const answers: FetchAnswer[] = []
  for (const [index, fetch] of partitions.entries()) {
    const read = reads[index] as PartitionRead
    if (!session.mustTell(fetch, read)) continue
    if (read.sizeBytes > 0) session.moveToBack(fetch)
    answers.push({ fetch, read })
  }
  return answers
}
