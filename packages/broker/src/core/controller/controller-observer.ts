/** What a controller is at, by Kafka's names for its states. */
export const controllerActivities = [
  'AutoLeaderBalance',
  'ControlledShutdown',
  'ControllerChange',
  'IsrChange',
  'LeaderElection',
  'ListPartitionReassignment',
  'LogDirChange',
  'ManualLeaderBalance',
  'PartitionReassignment',
  'TopicChange',
  'TopicDeletion',
  'UncleanLeaderElectionEnable',
] as const

export type ControllerActivity = (typeof controllerActivities)[number]

/** Hears what a controller does. It changes nothing. */
export interface ControllerObserver {
  /** Something begins; what is returned is called at its end. */
  begins(activity: ControllerActivity): () => void
  /** A replica that was not in sync has become the leader of a partition. */
  uncleanElection(): void
}
