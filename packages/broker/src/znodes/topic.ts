import { encodeJson, ZnodeJson } from './znode-json.ts'

/** The replicas of one partition, and those that a reassignment adds or takes away. */
export interface ReplicaAssignment {
  /** The preferred leader is the first. */
  readonly replicas: readonly number[]
  readonly adding: readonly number[]
  readonly removing: readonly number[]
}

/** What /brokers/topics/T holds: which brokers have which partition, and the topic's id. */
export interface TopicZnode {
  /** 22 characters of base64url; undefined in topics of versions before 2.8. */
  readonly topicId: string | undefined
  readonly partitions: ReadonlyMap<number, ReplicaAssignment>
}

export const topicsPath = '/brokers/topics'

export function topicPath(topic: string): string {
  return `${topicsPath}/${topic}`
}

function replicaLists(
  partitions: ReadonlyMap<number, ReplicaAssignment>,
  list: 'adding' | 'removing',
): Record<string, readonly number[]> {
  return Object.fromEntries(
    [...partitions].filter(([, assignment]) => assignment[list].length > 0).map(([index, item]) => [index, item[list]]),
  )
}

export function encodeTopic({ topicId, partitions }: TopicZnode): Buffer {
  return encodeJson({
    partitions: Object.fromEntries([...partitions].map(([index, { replicas }]) => [index, replicas])),
    ...(topicId === undefined ? {} : { topic_id: topicId }),
    adding_replicas: replicaLists(partitions, 'adding'),
    removing_replicas: replicaLists(partitions, 'removing'),
    version: topicId === undefined ? 2 : 3,
  })
}

export function decodeTopic(topic: string, data: Buffer | null): TopicZnode {
  const json = ZnodeJson.parse(topicPath(topic), data)
  const lists = json.object('partitions')
  const adding = json.has('adding_replicas') ? json.object('adding_replicas') : undefined
  const removing = json.has('removing_replicas') ? json.object('removing_replicas') : undefined
  const partitions = new Map<number, ReplicaAssignment>()
  for (const name of lists.keys()) {
    if (!/^\d{1,9}$/.test(name)) throw json.fault(`"${name}" is not a partition`)
    partitions.set(Number(name), {
      replicas: lists.integers(name),
      adding: adding?.has(name) === true ? adding.integers(name) : [],
      removing: removing?.has(name) === true ? removing.integers(name) : [],
    })
  }
  return { topicId: json.has('topic_id') ? json.string('topic_id') : undefined, partitions }
}
