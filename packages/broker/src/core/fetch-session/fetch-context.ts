import type { PartitionFetch, PartitionRead } from '../partition/partition-fetch.ts'

/** What is to be said of one partition. */
export interface FetchAnswer {
  readonly fetch: PartitionFetch
  readonly read: PartitionRead
}

/** The frame of one fetch: what is to be read, and which of it is to be told. */
export interface FetchContext {
  /** Not 0: the request is refused as a whole, and nothing is read. */
  readonly errorCode: number
  /** What is to be read, in order. */
  readonly fetches: readonly PartitionFetch[]
  /** The session that an answer without anything names, which changes nothing in it; 0 for none. */
  readonly sessionId: number
  /** To be called once with the reads, in the order of `fetches`. */
  answer(
    reads: readonly PartitionRead[],
    nowMs: number,
  ): {
    readonly errorCode: number
    readonly sessionId: number
    readonly answers: readonly FetchAnswer[]
  }
}

/** A fetch without session: all is told. */
export function sessionlessContext(fetches: readonly PartitionFetch[]): FetchContext {
  return {
    errorCode: 0,
    sessionId: 0,
    fetches,
    answer: (reads) => ({ errorCode: 0, sessionId: 0, answers: allOf(fetches, reads) }),
  }
}

/** A fetch that is refused as a whole. */
export function refusedContext(errorCode: number): FetchContext {
  return { errorCode, sessionId: 0, fetches: [], answer: () => ({ errorCode, sessionId: 0, answers: [] }) }
}

export function allOf(fetches: readonly PartitionFetch[], reads: readonly PartitionRead[]): FetchAnswer[] {
  return fetches.map((fetch, index) => ({ fetch, read: reads[index] as PartitionRead }))
}
