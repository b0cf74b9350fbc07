import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PartitionFetch, PartitionRead } from '../partition/partition-fetch.ts'
import { noTopicId } from '../topic-id.ts'
import type { FetchSessionRequest } from './fetch-session-cache.ts'
import { FetchSessionCache } from './fetch-session-cache.ts'

function fetchOf(partitionIndex: number, fetchOffset = 0, topic = 'words'): PartitionFetch {
  return {
    topic,
    topicId: noTopicId,
    partitionIndex,
    fetchOffset,
    currentLeaderEpoch: -1,
    lastFetchedEpoch: -1,
    logStartOffset: -1,
    partitionMaxBytes: 1000,
  }
}

function readOf(sizeBytes = 0, highWatermark = 0, errorCode = 0): PartitionRead {
  return {
    errorCode,
    highWatermark,
    lastStableOffset: highWatermark,
    logStartOffset: 0,
    chunks: [],
    sizeBytes,
    hasMore: false,
    abortedTransactions: undefined,
    divergingEpoch: undefined,
  }
}

function cacheOf(slots = 10): FetchSessionCache {
  let next = 0
  return new FetchSessionCache({ slots, evictionMs: 120_000, newSessionId: () => ++next })
}

function request(changes: Partial<FetchSessionRequest> = {}): FetchSessionRequest {
  return {
    sessionId: 0,
    sessionEpoch: 0,
    usesTopicIds: false,
    isFollower: false,
    fetches: [],
    forgotten: [],
    nameOf: () => undefined,
    ...changes,
  }
}

/** Opens a session and returns its id; 0 when there is none. */
function begin(cache: FetchSessionCache, fetches: PartitionFetch[], nowMs = 0, isFollower = false): number {
  const context = cache.open(request({ fetches, isFollower }), nowMs)
  const { sessionId } = context.answer(
    context.fetches.map(() => readOf()),
    nowMs,
  )
  return sessionId
}

function indexes(fetches: readonly PartitionFetch[]): number[] {
  return fetches.map(({ partitionIndex }) => partitionIndex)
}

describe('a fetch session', () => {
  it('tells all at first and only what changed afterwards', () => {
    const cache = cacheOf()
    const sessionId = begin(cache, [fetchOf(0), fetchOf(1), fetchOf(2)])
    assert.equal(sessionId, 1)
    const context = cache.open(request({ sessionId, sessionEpoch: 1 }), 1)
    assert.deepEqual(indexes(context.fetches), [0, 1, 2])
    const { answers } = context.answer([readOf(), readOf(10), readOf(0, 5)], 1)
    assert.deepEqual(indexes(answers.map(({ fetch }) => fetch)), [1, 2])
    const next = cache.open(request({ sessionId, sessionEpoch: 2 }), 2)
    // What was told is not told again, and what gave records is read last.
    assert.deepEqual(indexes(next.fetches), [0, 2, 1])
    assert.deepEqual(next.answer([readOf(), readOf(0, 5), readOf()], 2).answers, [])
  })

  it('adds, changes and forgets partitions', () => {
    const cache = cacheOf()
    const sessionId = begin(cache, [fetchOf(0), fetchOf(1)])
    const context = cache.open(
      request({ sessionId, sessionEpoch: 1, fetches: [fetchOf(1, 50), fetchOf(7)], forgotten: [fetchOf(0)] }),
      1,
    )
    assert.deepEqual(
      context.fetches.map(({ partitionIndex, fetchOffset }) => [partitionIndex, fetchOffset]),
      [
        [1, 50],
        [7, 0],
      ],
    )
  })

  it('tells an error each time and the recovery once', () => {
    const cache = cacheOf()
    const sessionId = begin(cache, [fetchOf(0)])
    for (const sessionEpoch of [1, 2]) {
      const context = cache.open(request({ sessionId, sessionEpoch }), 1)
      assert.equal(context.answer([readOf(0, -1, 6)], 1).answers.length, 1)
    }
    const recovered = cache.open(request({ sessionId, sessionEpoch: 3 }), 1)
    assert.equal(recovered.answer([readOf()], 1).answers.length, 1)
    const quiet = cache.open(request({ sessionId, sessionEpoch: 4 }), 1)
    assert.equal(quiet.answer([readOf()], 1).answers.length, 0)
  })

  it('refuses an unknown id, a wrong epoch, and names where there were ids', () => {
    const cache = cacheOf()
    const sessionId = begin(cache, [fetchOf(0)])
    assert.equal(cache.open(request({ sessionId: 99, sessionEpoch: 1 }), 1).errorCode, 70)
    assert.equal(cache.open(request({ sessionId, sessionEpoch: 2 }), 1).errorCode, 71)
    assert.equal(cache.open(request({ sessionId, sessionEpoch: 1, usesTopicIds: true }), 1).errorCode, 106)
    assert.equal(cache.open(request({ sessionId, sessionEpoch: 1 }), 1).errorCode, 0)
  })

  it('answers a fetch that was overtaken by the next one with an error', () => {
    const cache = cacheOf()
    const sessionId = begin(cache, [fetchOf(0)])
    const waiting = cache.open(request({ sessionId, sessionEpoch: 1 }), 1)
    cache.open(request({ sessionId, sessionEpoch: 2 }), 2)
    assert.equal(waiting.answer([readOf(10)], 3).errorCode, 71)
  })

  it('ends with epoch -1, with its last partition, and when a new one begins in its place', () => {
    const cache = cacheOf()
    const first = begin(cache, [fetchOf(0)])
    assert.equal(cache.open(request({ sessionId: first, sessionEpoch: -1 }), 1).errorCode, 0)
    assert.equal(cache.size, 0)
    const second = begin(cache, [fetchOf(0)])
    cache.open(request({ sessionId: second, sessionEpoch: 1, forgotten: [fetchOf(0)] }), 1)
    assert.equal(cache.size, 0)
    const third = begin(cache, [fetchOf(0)])
    const context = cache.open(request({ sessionId: third, fetches: [fetchOf(1)] }), 1)
    context.answer([readOf()], 1)
    assert.equal(cache.size, 1)
    assert.equal(cache.open(request({ sessionId: third, sessionEpoch: 1 }), 1).errorCode, 70)
  })

  it('learns the name of a topic id that was unknown when it was asked for', () => {
    const cache = cacheOf()
    const topicId = 'bm90IGEgdG9waWMgaWQgMQ'
    const unknown = { ...fetchOf(0, 0, ''), topicId }
    const context = cache.open(request({ usesTopicIds: true, fetches: [unknown] }), 0)
    const { sessionId } = context.answer([readOf(0, -1, 100)], 0)
    const next = cache.open(
      request({
        usesTopicIds: true,
        sessionId,
        sessionEpoch: 1,
        nameOf: (id) => (id === topicId ? 'words' : undefined),
      }),
      1,
    )
    assert.equal(next.fetches[0]?.topic, 'words')
  })

  it('is not made of a request that names a partition twice', () => {
    assert.equal(begin(cacheOf(), [fetchOf(0), fetchOf(0)]), 0)
  })
})

describe('the room for fetch sessions', () => {
  it('is bounded: who comes too late fetches without', () => {
    const cache = cacheOf(1)
    assert.notEqual(begin(cache, [fetchOf(0)], 0), 0)
    assert.equal(begin(cache, [fetchOf(0)], 1000), 0)
    assert.equal(begin(cacheOf(0), [fetchOf(0)]), 0)
  })

  it('goes to others once a session was not used for its time', () => {
    const cache = cacheOf(1)
    begin(cache, [fetchOf(0)], 0)
    assert.notEqual(begin(cache, [fetchOf(0)], 120_001), 0)
    assert.equal(cache.evictions, 1)
  })

  it('goes to larger sessions and to followers once a session has lived its time', () => {
    const cache = cacheOf(1)
    const small = begin(cache, [fetchOf(0)], 0)
    cache.open(request({ sessionId: small, sessionEpoch: 1 }), 100_000)
    assert.equal(begin(cache, [fetchOf(0)], 130_000), 0)
    const large = begin(cache, [fetchOf(0), fetchOf(1)], 130_000)
    assert.notEqual(large, 0)
    cache.open(request({ sessionId: large, sessionEpoch: 1 }), 240_000)
    const follower = begin(cache, [fetchOf(0)], 260_000, true)
    assert.notEqual(follower, 0)
    cache.open(request({ sessionId: follower, sessionEpoch: 1 }), 370_000)
    assert.equal(begin(cache, [fetchOf(0), fetchOf(1), fetchOf(2)], 390_000), 0)
  })
})
