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
  ReconfigChange,
  MultiOutcome,
  Operation,
  OperationResult,
} from './operation.ts'
export type { PersistentWatch, Watch, WatchEvent, WatchEventKind } from './watch-event.ts'
export { ZooKeeperClient } from './zookeeper-client.ts'
export type { WatchHandle, ZooKeeperClientOptions } from './zookeeper-client.ts'
// A user of the client meets these in every signature and catch block.
export { Permission, ZooKeeperError } from '@odradek/zookeeper-protocol'
export type { Acl, ClientInfo, Stat, ZooKeeperErrorName } from '@odradek/zookeeper-protocol'
export { Barrier } from './recipes/barrier.ts'
export { DoubleBarrier } from './recipes/double-barrier.ts'
export type { DoubleBarrierOptions } from './recipes/double-barrier.ts'
export { candidates, lead, leaders, leaderships } from './recipes/leader-election.ts'
export type { Candidate, Leadership, LeadOptions } from './recipes/leader-election.ts'
export { acquireLock, acquireReadLock, acquireWriteLock } from './recipes/lock.ts'
export type { Lock, LockOptions } from './recipes/lock.ts'
export { ServiceDirectory } from './recipes/service-directory.ts'
export type { ServiceChange } from './recipes/service-directory.ts'
export type { ServiceInstance } from './recipes/service-instance.ts'
export { registerService } from './recipes/service-registration.ts'
export type { ServiceRegistration, ServiceRegistrationOptions } from './recipes/service-registration.ts'
export { SubtreeCache } from './recipes/subtree-cache.ts'
export type { CacheChange, CachedNode, CacheState } from './recipes/subtree-cache.ts'
export type { Held, LostOn } from './recipes/support/held-node.ts'
