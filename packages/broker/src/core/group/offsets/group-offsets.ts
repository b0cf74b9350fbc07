import type { CommittedOffset } from '../group-record.ts'

/** What the log says about one partition's offset from one record on. */
interface Version {
  /** Offset of the record that made it count: the commit's own, or the transaction marker's. */
  readonly logOffset: number
  /** Offset of the batch that holds the commit itself: a transaction that ends late must not undo a later commit. */
  readonly batchOffset: number
  readonly value: CommittedOffset
}

/** A commit in an open transaction. */
interface TransactionalCommit {
  readonly topic: string
  readonly partition: number
  readonly batchOffset: number
  readonly value: CommittedOffset
}

export interface OffsetPosition {
  readonly topic: string
  readonly partition: number
}

/**
 * The offsets of one group, changed by replay only. A commit is in here from its append on, but shown only when it is committed,
 * so that no one reads an offset which a fail-over could take back: until then the version before it is kept too.
 */
export class GroupOffsets {
  readonly #topics = new Map<string, Map<number, Version[]>>()
  /** By producer, then by topic and partition. */
  readonly #transactions = new Map<number, Map<string, TransactionalCommit>>()

  get isEmpty(): boolean {
    return this.#topics.size === 0 && this.#transactions.size === 0
  }

  /** Partitions with an offset, committed or on the way. */
  get count(): number {
    let count = 0
    for (const partitions of this.#topics.values()) count += partitions.size
    return count
  }

  /** A commit is in the log at `logOffset`; all below `committedOffset` is committed. */
  record(at: OffsetPosition, version: Version, committedOffset: number): void {
    const partitions = this.#topics.get(at.topic) ?? new Map<number, Version[]>()
    this.#topics.set(at.topic, partitions)
    const versions = partitions.get(at.partition) ?? []
    partitions.set(at.partition, versions)
    const newest = versions.at(-1)
    if (newest !== undefined && newest.batchOffset > version.batchOffset) return
    versions.push(version)
    const newestCommitted = versions.findLastIndex(({ logOffset }) => logOffset < committedOffset)
    if (newestCommitted > 0) versions.splice(0, newestCommitted)
  }

  /** A removal is in the log. It also takes away what open transactions would have made of the partition. */
  remove(at: OffsetPosition): void {
    const partitions = this.#topics.get(at.topic)
    partitions?.delete(at.partition)
    if (partitions?.size === 0) this.#topics.delete(at.topic)
    for (const producerId of this.#transactions.keys()) this.recordTransactional(producerId, at, null, 0)
  }

  /** A commit whose transaction is still open. */
  recordTransactional(
    producerId: number,
    at: OffsetPosition,
    value: CommittedOffset | null,
    batchOffset: number,
  ): void {
    const commits = this.#transactions.get(producerId) ?? new Map<string, TransactionalCommit>()
    if (value === null) commits.delete(key(at))
    else commits.set(key(at), { topic: at.topic, partition: at.partition, batchOffset, value })
    if (commits.size > 0) this.#transactions.set(producerId, commits)
    else this.#transactions.delete(producerId)
  }

  /** The producer's transaction has ended: its commits count from the marker on, or are gone. */
  endTransaction(producerId: number, isCommitted: boolean, logOffset: number, committedOffset: number): void {
    const commits = this.#transactions.get(producerId)
    this.#transactions.delete(producerId)
    if (commits === undefined || !isCommitted) return
    for (const { topic, partition, batchOffset, value } of commits.values()) {
      this.record({ topic, partition }, { logOffset, batchOffset, value }, committedOffset)
    }
  }

  /** What may be shown of a partition: its newest version below the committed offset. */
  committed(at: OffsetPosition, committedOffset: number): CommittedOffset | undefined {
    const versions = this.#topics.get(at.topic)?.get(at.partition) ?? []
    return versions.findLast(({ logOffset }) => logOffset < committedOffset)?.value
  }

  /** Whether a commit or a transaction of the partition is under way, so that what `committed` says may change without another request. */
  isPending(at: OffsetPosition, committedOffset: number): boolean {
    const newest = this.#topics.get(at.topic)?.get(at.partition)?.at(-1)
    return (newest !== undefined && newest.logOffset >= committedOffset) || this.isInTransaction(at)
  }

  isInTransaction(at: OffsetPosition): boolean {
    for (const commits of this.#transactions.values()) if (commits.has(key(at))) return true
    return false
  }

  /** All partitions with an offset, committed or on the way. */
  *positions(): Generator<OffsetPosition> {
    for (const [topic, partitions] of this.#topics)
      for (const partition of partitions.keys()) yield { topic, partition }
  }

  /** All partitions of which anything is known, open transactions included. */
  allPositions(): OffsetPosition[] {
    const all = new Map<string, OffsetPosition>()
    for (const at of this.positions()) all.set(key(at), at)
    for (const commits of this.#transactions.values()) {
      for (const { topic, partition } of commits.values()) all.set(key({ topic, partition }), { topic, partition })
    }
    return [...all.values()]
  }

  has(at: OffsetPosition): boolean {
    return this.#topics.get(at.topic)?.has(at.partition) === true || this.isInTransaction(at)
  }
}

/** A topic's name cannot hold a slash. */
function key({ topic, partition }: OffsetPosition): string {
  return `${topic}/${partition}`
}
