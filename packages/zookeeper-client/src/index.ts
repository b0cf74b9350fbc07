export { creatorAcl, openAcl, readOnlyAcl } from './acl.ts'
export type { ClientState, StateListener } from './client-state.ts'
export { parseConnectString } from './core/connect-string.ts'
export type { ConnectString, ServerAddress } from './core/connect-string.ts'
export type {
  AclResult,
  ChildrenResult,
  CreateModeName,
  CreateOptions,
  CreateResult,
  DataResult,
  MultiOutcome,
  Operation,
  OperationResult,
} from './operation.ts'
export type { Watch, WatchEvent, WatchEventKind } from './watch-event.ts'
export { ZooKeeperClient } from './zookeeper-client.ts'
export type { ZooKeeperClientOptions } from './zookeeper-client.ts'
// A user of the client meets these in every signature and catch block.
export { ZooKeeperError } from '@odradek/zookeeper-protocol'
export type { Acl, Stat, ZooKeeperErrorName } from '@odradek/zookeeper-protocol'
