import { controllerEpochPath, decodeControllerEpoch, encodeControllerEpoch } from '../../znodes/controller-epoch.ts'
import { controllerPath, decodeController, encodeController } from '../../znodes/controller.ts'
import type { Steps } from './znode-operation.ts'
import { ask, expect } from './znode-operation.ts'

export type ElectionOutcome =
  | { readonly isElected: true; readonly epoch: number; readonly epochZkVersion: number }
  /** `controllerId` is -1 when the winner was gone again before it could be read. */
  | { readonly isElected: false; readonly controllerId: number }

/** Who is the controller (-1: nobody), with a watch that tells when that changes. */
export function* readController(): Steps<number> {
  const watch = { op: 'exists', path: controllerPath, watch: true } as const
  const read = { op: 'getData', path: controllerPath, watch: true } as const
  const results = yield [watch, read]
  const result = results[1]
  if (result === undefined) return -1
  return expect(read, result, 'NO_NODE').error === undefined ? decodeController(result.data) : -1
}

function* readOrCreateEpoch(): Steps<{ readonly epoch: number; readonly zkVersion: number }> {
  const read = { op: 'getData', path: controllerEpochPath } as const
  const result = expect(read, yield* ask(read), 'NO_NODE')
  if (result.error === undefined) return { epoch: decodeControllerEpoch(result.data), zkVersion: result.version }
  const create = { op: 'create', path: controllerEpochPath, data: encodeControllerEpoch(0) } as const
  const created = expect(create, yield* ask(create), 'NODE_EXISTS')
  if (created.error === undefined) return { epoch: 0, zkVersion: 0 }
  const again = expect(read, yield* ask(read))
  return { epoch: decodeControllerEpoch(again.data), zkVersion: again.version }
}

/**
 * Stands for election: whoever creates /controller and raises /controller_epoch in one step is the controller. When another was faster,
 * or the reply was lost, what the znodes hold decides.
 */
export function* standForElection(brokerId: number, nowMs: number): Steps<ElectionOutcome> {
  const present = yield* readController()
  if (present !== -1) return { isElected: false, controllerId: present }
  const { epoch, zkVersion } = yield* readOrCreateEpoch()
  const operation = {
    op: 'multi',
    operations: [
      { op: 'create', path: controllerPath, data: encodeController(brokerId, nowMs), ephemeral: true },
      { op: 'setData', path: controllerEpochPath, data: encodeControllerEpoch(epoch + 1), version: zkVersion },
    ],
  } as const
  const result = expect(operation, yield* ask(operation), 'NODE_EXISTS', 'BAD_VERSION')
  if (result.error === undefined) return { isElected: true, epoch: epoch + 1, epochZkVersion: result.version }
  const winner = yield* readController()
  if (winner !== brokerId) return { isElected: false, controllerId: winner }
  const now = yield* readOrCreateEpoch()
  return now.epoch === epoch + 1
    ? { isElected: true, epoch: now.epoch, epochZkVersion: now.zkVersion }
    : { isElected: false, controllerId: winner }
}
