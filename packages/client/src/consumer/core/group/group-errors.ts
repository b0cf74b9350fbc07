import { ErrorCode } from '@odradek/kafka-protocol'

const staleCoordinator: ReadonlySet<number> = new Set([ErrorCode.NOT_COORDINATOR, ErrorCode.COORDINATOR_NOT_AVAILABLE])

/** The coordinator has to be found anew. */
export function coordinatorIsStale(errorCode: number): boolean {
  return staleCoordinator.has(errorCode)
}

const passing: ReadonlySet<number> = new Set([
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.REQUEST_TIMED_OUT,
  ErrorCode.NETWORK_EXCEPTION,
  ErrorCode.UNKNOWN_SERVER_ERROR,
])

/** The same request may succeed later. */
export function mayTryAgain(errorCode: number): boolean {
  return passing.has(errorCode)
}
