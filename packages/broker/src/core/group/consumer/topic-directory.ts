/** A topic as the coordinator of groups needs it. */
export interface DirectoryTopic {
  readonly name: string
  /** 22 characters of base64url. */
  readonly topicId: string
  readonly partitionCount: number
}

/** The topics of the cluster as this broker knows them now; only topics that have an id. */
export interface TopicDirectory {
  /** Grows whenever anything in here may have changed. */
  readonly version: number
  /** Grows whenever a topic has come into being. */
  readonly namesVersion: number
  byName(name: string): DirectoryTopic | undefined
  byId(topicId: string): DirectoryTopic | undefined
  names(): Iterable<string>
  /** The racks of the replicas of a partition, sorted, each as often as it occurs. */
  racksOf(name: string, partition: number): readonly string[]
}
