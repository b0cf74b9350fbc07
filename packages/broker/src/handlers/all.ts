import { anyHandler } from './any-api-handler.ts'
import { offsetCommitHandler } from './08-offset-commit.ts'
import { offsetFetchHandler } from './09-offset-fetch.ts'
import { findCoordinatorHandler } from './10-find-coordinator.ts'
import { joinGroupHandler } from './11-join-group.ts'
import { heartbeatHandler } from './12-heartbeat.ts'
import { leaveGroupHandler } from './13-leave-group.ts'
import { syncGroupHandler } from './14-sync-group.ts'
import { describeGroupsHandler } from './15-describe-groups.ts'
import { listGroupsHandler } from './16-list-groups.ts'
import { deleteGroupsHandler } from './42-delete-groups.ts'
import { offsetDeleteHandler } from './47-offset-delete.ts'
import type { AnyApiHandler } from './any-api-handler.ts'

/** Every API that this broker answers, by key. A handler that is not here does not exist for clients. */
export const allHandlers: readonly AnyApiHandler[] = [
  anyHandler(offsetCommitHandler),
  anyHandler(offsetFetchHandler),
  anyHandler(findCoordinatorHandler),
  anyHandler(joinGroupHandler),
  anyHandler(heartbeatHandler),
  anyHandler(leaveGroupHandler),
  anyHandler(syncGroupHandler),
  anyHandler(describeGroupsHandler),
  anyHandler(listGroupsHandler),
  anyHandler(deleteGroupsHandler),
  anyHandler(offsetDeleteHandler),
]
