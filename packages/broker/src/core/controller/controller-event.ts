import type { Input } from '@odradek/kafka-protocol'
import type {
  AllocateProducerIdsRequest,
  AllocateProducerIdsResponse,
} from '@odradek/kafka-protocol/messages/67-allocate-producer-ids'
import type { AlterPartitionRequest, AlterPartitionResponse } from '@odradek/kafka-protocol/messages/56-alter-partition'
import type {
  ControlledShutdownRequest,
  ControlledShutdownResponse,
} from '@odradek/kafka-protocol/messages/07-controlled-shutdown'
import type { LeaderAndIsrRequest, LeaderAndIsrResponse } from '@odradek/kafka-protocol/messages/04-leader-and-isr'
import type { StopReplicaRequest, StopReplicaResponse } from '@odradek/kafka-protocol/messages/05-stop-replica'
import type { UpdateMetadataRequest, UpdateMetadataResponse } from '@odradek/kafka-protocol/messages/06-update-metadata'
import type { LiveBroker } from './controller-state.ts'
import type { LeaderElectionResult, LeaderElectionWish, PartitionName } from './elect-leaders.ts'
import type { OngoingReassignment, ReassignmentRequest, ReassignmentResult } from './reassignment-requests.ts'
import type { ZnodeOperation, ZnodeResult } from './znode-operation.ts'

export type ZnodeChange = 'created' | 'deleted' | 'dataChanged' | 'childrenChanged'

/** Something that happened to the controller. */
export type ControllerEvent =
  /** This broker has registered: watch /controller and stand for election. */
  | { readonly type: 'registered' }
  /** The ZooKeeper session is gone; whatever was under way is void. */
  | { readonly type: 'session-lost' }
  /** What the operations of the last `zookeeper` output brought, in their order. */
  | { readonly type: 'zookeeper-results'; readonly results: readonly ZnodeResult[] }
  /** A watch that a procedure armed. */
  | { readonly type: 'znode-changed'; readonly path: string; readonly change: ZnodeChange }
  /** Unclean elections have been allowed, of a topic or of all: partitions without a leader may get one now. */
  | { readonly type: 'unclean-election-allowed' }
  | { readonly type: 'timer'; readonly name: ControllerTimer; readonly epoch: number }
  | ({ readonly type: 'broker-answered'; readonly brokerId: number } & BrokerAnswer)
  | ControllerCall

export type BrokerAnswer =
  | {
      readonly api: 'leader-and-isr'
      readonly request: Input<LeaderAndIsrRequest>
      readonly response: LeaderAndIsrResponse
    }
  | {
      readonly api: 'update-metadata'
      readonly request: Input<UpdateMetadataRequest>
      readonly response: UpdateMetadataResponse
    }
  | {
      readonly api: 'stop-replica'
      readonly request: Input<StopReplicaRequest>
      readonly response: StopReplicaResponse
    }

/** A request to the controller; the answer comes as a `reply` output with the same `callId`. */
export type ControllerCall =
  | {
      readonly type: 'alter-partition'
      readonly callId: number
      readonly version: number
      readonly request: AlterPartitionRequest
    }
  | {
      readonly type: 'controlled-shutdown'
      readonly callId: number
      readonly version: number
      readonly request: ControlledShutdownRequest
    }
  | { readonly type: 'allocate-producer-ids'; readonly callId: number; readonly request: AllocateProducerIdsRequest }
  | { readonly type: 'elect-leaders'; readonly callId: number; readonly request: LeaderElectionWish }
  | { readonly type: 'alter-reassignments'; readonly callId: number; readonly request: ReassignmentRequest }
  /** Of all partitions when none are named. */
  | { readonly type: 'list-reassignments'; readonly callId: number; readonly request: readonly PartitionName[] | null }

/** The answer to a call that is about many partitions; there are no results with an error. */
export interface ResultsReply<Result> {
  readonly errorCode: number
  readonly results?: readonly Result[]
}

export type ElectLeadersReply = ResultsReply<LeaderElectionResult>
export type AlterReassignmentsReply = ResultsReply<ReassignmentResult>
export type ListReassignmentsReply = ResultsReply<OngoingReassignment>

export type ControllerTimer = 'leader-rebalance'

/** A request for one broker. The host sends them in order, one at a time, and again until the broker answers or is removed. */
export type BrokerSend = { readonly brokerId: number } & (
  | { readonly api: 'leader-and-isr'; readonly request: Input<LeaderAndIsrRequest> }
  | { readonly api: 'update-metadata'; readonly request: Input<UpdateMetadataRequest> }
  | { readonly api: 'stop-replica'; readonly request: Input<StopReplicaRequest> }
)

/** What the host must do, in order. */
export type ControllerOutput =
  /** Send these to ZooKeeper and come back with `zookeeper-results`. At most one batch is under way. */
  | { readonly type: 'zookeeper'; readonly operations: readonly ZnodeOperation[] }
  | { readonly type: 'add-broker'; readonly broker: LiveBroker }
  /** Close the channel to a broker and drop what waits in it. */
  | { readonly type: 'remove-broker'; readonly brokerId: number }
  | ({ readonly type: 'send' } & BrokerSend)
  | {
      readonly type: 'reply'
      readonly callId: number
      readonly response:
        | Input<AlterPartitionResponse>
        | Input<ControlledShutdownResponse>
        | Input<AllocateProducerIdsResponse>
        | ElectLeadersReply
        | AlterReassignmentsReply
        | ListReassignmentsReply
    }
  | { readonly type: 'timer'; readonly name: ControllerTimer; readonly epoch: number; readonly delayMs: number }
  | { readonly type: 'elected'; readonly epoch: number }
  /** This broker is not the controller any more: close all channels. */
  | { readonly type: 'resigned' }
  | { readonly type: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly message: string }
