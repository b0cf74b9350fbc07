import {
  decodeReassignPartitions,
  encodeReassignPartitions,
  reassignPartitionsPath,
} from '../../znodes/reassign-partitions.ts'
import type { ReassignmentWish } from '../../znodes/reassign-partitions.ts'
import { ZnodeError } from '../../znodes/znode-error.ts'
import type { ControllerContext } from './controller-context.ts'
import { partitionName } from './controller-state.ts'
import type { Steps } from './znode-operation.ts'

/** What is asked for in /admin/reassign_partitions, with a watch that tells when somebody writes it; nothing when that cannot be read. */
export function* readReassignmentWishes(context: ControllerContext): Steps<readonly ReassignmentWish[]> {
  const [, result] = yield [
    { op: 'exists', path: reassignPartitionsPath, watch: true },
    { op: 'getData', path: reassignPartitionsPath, watch: true },
  ]
  if (result === undefined || result.error !== undefined) return []
  try {
    // Of one that is named twice, the last counts.
    return [...new Map(decodeReassignPartitions(result.data).map((wish) => [partitionName(wish), wish])).values()]
  } catch (error) {
    if (!(error instanceof ZnodeError)) throw error
    context.log('warn', `${error.message} It is left alone.`)
    return []
  }
}

/** Takes wishes that are met, refused or superseded out of the znode; with the last one the znode goes. */
export function* forgetReassignmentWishes(
  context: ControllerContext,
  isForgotten: (wish: ReassignmentWish) => boolean,
): Steps<void> {
  const wishes = yield* readReassignmentWishes(context)
  const remaining = wishes.filter((wish) => !isForgotten(wish))
  if (remaining.length === wishes.length) return
  yield* context.write([
    remaining.length === 0
      ? { op: 'delete', path: reassignPartitionsPath }
      : { op: 'setData', path: reassignPartitionsPath, data: encodeReassignPartitions(remaining), version: -1 },
  ])
}
