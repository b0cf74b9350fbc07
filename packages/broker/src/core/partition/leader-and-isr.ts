/** What the controller decides about one partition, as LeaderAndIsr brings it. */
export interface LeaderAndIsr {
  readonly controllerEpoch: number
  /** The leader's broker id; -1 when there is none. */
  readonly leader: number
  readonly leaderEpoch: number
  readonly isr: readonly number[]
  /** The version of the partition's state znode. */
  readonly partitionEpoch: number
  readonly replicas: readonly number[]
  readonly addingReplicas: readonly number[]
  readonly removingReplicas: readonly number[]
}
