import { OdradekError } from '@odradek/base'

/** The `err` of a reply (`org.apache.zookeeper.KeeperException.Code`). */
export const ZooKeeperErrorCode = {
  OK: 0,
  SYSTEM_ERROR: -1,
  RUNTIME_INCONSISTENCY: -2,
  DATA_INCONSISTENCY: -3,
  CONNECTION_LOSS: -4,
  MARSHALLING_ERROR: -5,
  UNIMPLEMENTED: -6,
  OPERATION_TIMEOUT: -7,
  BAD_ARGUMENTS: -8,
  UNKNOWN_SESSION: -12,
  NEW_CONFIG_NO_QUORUM: -13,
  RECONFIG_IN_PROGRESS: -14,
  API_ERROR: -100,
  NO_NODE: -101,
  NO_AUTH: -102,
  BAD_VERSION: -103,
  NO_CHILDREN_FOR_EPHEMERALS: -108,
  NODE_EXISTS: -110,
  NOT_EMPTY: -111,
  SESSION_EXPIRED: -112,
  INVALID_CALLBACK: -113,
  INVALID_ACL: -114,
  AUTH_FAILED: -115,
  SESSION_MOVED: -118,
  NOT_READ_ONLY: -119,
  EPHEMERAL_ON_LOCAL_SESSION: -120,
  NO_WATCHER: -121,
  REQUEST_TIMEOUT: -122,
  RECONFIG_DISABLED: -123,
  SESSION_CLOSED_REQUIRE_SASL_AUTH: -124,
  QUOTA_EXCEEDED: -125,
  THROTTLED_OP: -127,
} as const

export type ZooKeeperErrorName = keyof typeof ZooKeeperErrorCode

const texts: Readonly<Record<ZooKeeperErrorName, string>> = {
  OK: 'all is well',
  SYSTEM_ERROR: 'the server failed',
  RUNTIME_INCONSISTENCY: 'another operation of the multi failed, so this one was not done',
  DATA_INCONSISTENCY: 'the data of the server is inconsistent',
  CONNECTION_LOSS: 'the connection was lost; the operation may or may not have been done',
  MARSHALLING_ERROR: 'the server could not read the request',
  UNIMPLEMENTED: 'the server does not know or does not allow this operation',
  OPERATION_TIMEOUT: 'the operation took too long',
  BAD_ARGUMENTS: 'an argument is not valid',
  UNKNOWN_SESSION: 'the server does not know the session',
  NEW_CONFIG_NO_QUORUM: 'no quorum of the new configuration is connected and up to date',
  RECONFIG_IN_PROGRESS: 'another reconfiguration is under way',
  API_ERROR: 'the server refused the request',
  NO_NODE: 'the node does not exist',
  NO_AUTH: 'the ACL of the node does not allow this',
  BAD_VERSION: 'the node has another version',
  NO_CHILDREN_FOR_EPHEMERALS: 'an ephemeral node cannot have children',
  NODE_EXISTS: 'the node exists already',
  NOT_EMPTY: 'the node has children',
  SESSION_EXPIRED: 'the session has expired',
  INVALID_CALLBACK: 'the callback is not valid',
  INVALID_ACL: 'the ACL is not valid',
  AUTH_FAILED: 'authentication failed',
  SESSION_MOVED: 'the session has moved to another server',
  NOT_READ_ONLY: 'the server is read-only now',
  EPHEMERAL_ON_LOCAL_SESSION: 'a local session cannot own ephemeral nodes',
  NO_WATCHER: 'there is no such watch',
  REQUEST_TIMEOUT: 'the request took too long',
  RECONFIG_DISABLED: 'reconfiguration is switched off',
  SESSION_CLOSED_REQUIRE_SASL_AUTH: 'the server requires SASL authentication first',
  QUOTA_EXCEEDED: 'a quota is exceeded',
  THROTTLED_OP: 'the server is too busy for this request',
}

const names = new Map<number, ZooKeeperErrorName>(
  Object.entries(ZooKeeperErrorCode).map(([name, code]) => [code, name as ZooKeeperErrorName]),
)

export interface ZooKeeperErrorFacts {
  readonly code: number
  readonly name: ZooKeeperErrorName
  /** What it means, for people. */
  readonly text: string
}

/** The facts of an error code; a code that no ZooKeeper sends counts as SYSTEM_ERROR. */
export function zooKeeperErrorOf(code: number): ZooKeeperErrorFacts {
  const name = names.get(code) ?? 'SYSTEM_ERROR'
  return { code, name, text: texts[name] }
}

/** An operation failed with one of ZooKeeper's error codes. */
export class ZooKeeperError extends OdradekError<ZooKeeperErrorName> {
  /** The number on the wire. */
  readonly errorCode: number

  constructor(name: ZooKeeperErrorName, message = texts[name]) {
    super(name, message)
    this.errorCode = ZooKeeperErrorCode[name]
  }
}
