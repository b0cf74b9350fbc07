import type { Cluster } from '../../cluster/cluster.ts'
import { ClientError } from '../../client-error.ts'
import { decodeSubscription } from '../consumer-protocol.ts'
import type { Assignments, Assignor, AssignorMember, PartitionRacks } from '../assignor/assignor.ts'

/** What the elected member of a classic group does: divides the partitions, and watches whether there come more. */
export class GroupLeader {
  readonly #cluster: Cluster
  readonly #assignors: readonly Assignor[]
  readonly #onChange: () => void
  /** How many partitions each topic had when they were divided; undefined while another member leads. */
  #divided: Map<string, number> | undefined

  constructor(cluster: Cluster, assignors: readonly Assignor[], onChange: () => void) {
    this.#cluster = cluster
    this.#assignors = assignors
    this.#onChange = onChange
  }

  /** `ownTopics` are what this member subscribes to. */
  async assign(
    name: string,
    members: readonly AssignorMember[],
    ownTopics: readonly string[],
  ): Promise<Assignments | ReadonlyMap<string, Buffer>> {
    const assignor = this.#assignors.find((each) => each.name === name)
    if (assignor === undefined) {
      throw new ClientError(
        'BAD_RESPONSE',
        `the group has agreed on the assignor ${name}, which this member did not offer`,
      )
    }
    const isReadingBytes = assignor.assignBytes !== undefined
    const names = new Set(
      isReadingBytes ? [...ownTopics, ...members.flatMap(topicsOf)] : members.flatMap(({ topics }) => topics),
    )
    const unknown = [...names].filter((topic) => this.#cluster.metadata.topic(topic) === undefined)
    this.#cluster.wantTopics(names)
    if (unknown.length > 0) await this.#cluster.refresh()
    this.#divided = new Map([...names].map((topic) => [topic, this.#partitionCount(topic)]))
    if (assignor.assignBytes !== undefined) return assignor.assignBytes(members, ownTopics)
    return assignor.assign(this.#racks(names), members)
  }

  #racks(names: ReadonlySet<string>): Map<string, PartitionRacks> {
    const { metadata } = this.#cluster
    const topics = new Map<string, PartitionRacks>()
    for (const name of names) {
      const partitions = metadata.topic(name)?.partitions ?? []
      if (partitions.length === 0) continue
      const racks = partitions.map(({ replicaIds }) => {
        const known = replicaIds.map((id) => metadata.brokers.get(id)?.rack ?? null)
        return [...new Set(known.filter((rack) => rack !== null))]
      })
      topics.set(name, racks)
    }
    return topics
  }

  #partitionCount(topic: string): number {
    return this.#cluster.metadata.topic(topic)?.partitions.length ?? 0
  }

  metadataChanged(): void {
    if (this.#divided === undefined) return
    const hasChanged = [...this.#divided].some(([topic, count]) => this.#partitionCount(topic) !== count)
    if (!hasChanged) return
    this.#divided = undefined
    this.#onChange()
  }
}

/** The bytes may be such that only the assignor can read them. */
function topicsOf({ subscription }: AssignorMember): readonly string[] {
  try {
    return subscription === undefined ? [] : decodeSubscription(subscription).topics
  } catch {
    return []
  }
}
