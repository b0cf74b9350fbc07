import { DiskError, NetworkError, OdradekError } from '@odradek/base'
import { ZooKeeperError } from '@odradek/zookeeper-client'
import type { ZooKeeperErrorName } from '@odradek/zookeeper-client'
import { UsageError } from './usage-error.ts'

/** Exit codes of `odradek zk`, as docs/zookeeper-client.md has them. */
export const ExitCode = {
  done: 0,
  failed: 1,
  usage: 2,
  noConnection: 3,
  noNode: 4,
  conflict: 5,
  notAllowed: 6,
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

interface Advice {
  readonly exitCode: ExitCode
  /** What to do next. */
  readonly next?: string
}

const advice: Partial<Record<ZooKeeperErrorName, Advice>> = {
  NO_NODE: { exitCode: ExitCode.noNode, next: 'ls shows what is there; create -p makes what is missing above a node' },
  NODE_EXISTS: { exitCode: ExitCode.conflict, next: 'set changes its data' },
  BAD_VERSION: { exitCode: ExitCode.conflict, next: 'somebody has changed it: look again with stat' },
  NOT_EMPTY: { exitCode: ExitCode.conflict, next: 'deleteall deletes it with all below it' },
  NO_CHILDREN_FOR_EPHEMERALS: { exitCode: ExitCode.conflict, next: 'make it below another node' },
  NO_AUTH: { exitCode: ExitCode.notAllowed, next: 'acl get shows who may; addauth, --auth or --sasl say who you are' },
  AUTH_FAILED: { exitCode: ExitCode.noConnection, next: 'look at the user and the password' },
  SESSION_CLOSED_REQUIRE_SASL_AUTH: { exitCode: ExitCode.noConnection, next: 'give --sasl USER:PASSWORD' },
  INVALID_ACL: {
    exitCode: ExitCode.usage,
    next: 'an ACL is SCHEME:ID:PERMISSIONS,…, such as world:anyone:cdrwa; auth::cdrwa needs an identity first',
  },
  BAD_ARGUMENTS: { exitCode: ExitCode.usage },
  UNIMPLEMENTED: {
    exitCode: ExitCode.failed,
    next: 'TTLs need extendedTypesEnabled=true on the server, and some commands a newer server',
  },
  QUOTA_EXCEEDED: { exitCode: ExitCode.conflict, next: 'raise the quota, or delete something' },
  CONNECTION_LOSS: {
    exitCode: ExitCode.noConnection,
    next: 'is a server there? --server says where to look, --tls how; --log-level debug shows every try',
  },
  SESSION_EXPIRED: { exitCode: ExitCode.noConnection, next: 'start again: ephemeral nodes of the session are gone' },
}

/** What to tell a person of an error, and the exit code. Undefined for one that nobody expected. */
export function explain(error: unknown): { readonly message: string; readonly exitCode: ExitCode } | undefined {
  if (error instanceof UsageError) return { message: error.message, exitCode: ExitCode.usage }
  if (error instanceof ZooKeeperError) {
    const { exitCode = ExitCode.failed, next } = advice[error.code] ?? {}
    const message = `${error.message} (${error.code})`
    return { message: next === undefined ? message : `${message}\n  ${next}`, exitCode }
  }
  if (error instanceof NetworkError) return { message: error.message, exitCode: ExitCode.noConnection }
  if (error instanceof DiskError || error instanceof OdradekError) {
    return { message: error.message, exitCode: ExitCode.failed }
  }
  return undefined
}
