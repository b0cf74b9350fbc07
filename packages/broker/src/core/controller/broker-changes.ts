import { brokerIdPath, brokerIdsPath, decodeBrokerId } from '../../znodes/broker-id.ts'
import { ZnodeError } from '../../znodes/znode-error.ts'
import type { ControllerContext } from './controller-context.ts'
import type { ControlledPartition, LiveBroker } from './controller-state.ts'
import { bringPartitionsOnline } from './leadership-change.ts'
import { resumeReassignments } from './reassignment.ts'
import { bringReplicasOnline, onReplicasOffline } from './replica-changes.ts'
import { failReplicaDeletions, resumeDeletions } from './topic-deletion.ts'
import type { Steps } from './znode-operation.ts'
import { ask, askAll, expect } from './znode-operation.ts'

/** Reads the registrations, and watches for brokers that come, go, or change theirs. */
export function* readBrokers(context: ControllerContext): Steps<Map<number, LiveBroker>> {
  const list = { op: 'getChildren', path: brokerIdsPath, watch: true } as const
  const { children } = expect(list, yield* ask(list))
  const ids = children
    .filter((name) => /^\d{1,10}$/.test(name))
    .map(Number)
    .sort((left, right) => left - right)
  const results = yield* askAll(ids.map((id) => ({ op: 'getData', path: brokerIdPath(id), watch: true })))
  const brokers = new Map<number, LiveBroker>()
  for (const [index, brokerId] of ids.entries()) {
    const result = results[index]
    if (result === undefined || result.error !== undefined) continue
    try {
      const { endpoints, rack } = decodeBrokerId(brokerId, result.data)
      brokers.set(brokerId, { brokerId, epoch: result.czxid, endpoints, rack })
    } catch (error) {
      if (!(error instanceof ZnodeError)) throw error
      context.log('error', error.message)
    }
  }
  return brokers
}

function onBrokersGone(context: ControllerContext, ids: readonly number[]): Steps<void> {
  const { state } = context
  const replicas = new Map<number, ControlledPartition[]>()
  for (const id of ids) {
    state.failedReplicas.delete(id)
    state.shuttingDown.delete(id)
    replicas.set(id, [...state.partitionsOn(id)])
  }
  failReplicaDeletions(context, replicas)
  return onReplicasOffline(context, replicas)
}

function* onBrokersCome(context: ControllerContext, brokers: readonly LiveBroker[]): Steps<void> {
  const { state, batch } = context
  const ids = brokers.map(({ brokerId }) => brokerId)
  for (const id of ids) state.failedReplicas.delete(id)
  const others = [...state.liveBrokers.keys()].filter((id) => !ids.includes(id))
  batch.addUpdateMetadata(others, [])
  batch.flush()
  batch.addUpdateMetadata(ids, state.allPartitions())
  batch.flush()
  bringReplicasOnline(context, ids)
  yield* bringPartitionsOnline(context)
  yield* resumeReassignments(context, ids)
  for (const topic of state.ineligibleForDeletion) {
    const isTouched = [...(state.topics.get(topic)?.partitions.values() ?? [])].some((partition) =>
      partition.assignment.replicas.some((id) => ids.includes(id)),
    )
    if (isTouched) state.ineligibleForDeletion.delete(topic)
  }
  yield* resumeDeletions(context)
}

/** /brokers/ids has changed: brokers went, came, or came back with a new epoch between two looks. */
export function* onBrokerIdsChanged(context: ControllerContext): Steps<void> {
  const { state } = context
  const now = yield* readBrokers(context)
  const gone = [...state.liveBrokers.keys()].filter((id) => !now.has(id))
  const bounced = [...now.values()].filter(
    ({ brokerId, epoch }) => (state.liveBrokers.get(brokerId)?.epoch ?? epoch) < epoch,
  )
  const come = [...now.values()].filter(({ brokerId }) => !state.liveBrokers.has(brokerId))
  if (gone.length > 0 || bounced.length > 0 || come.length > 0) {
    context.log(
      'info',
      `Brokers: new ${come.map(({ brokerId }) => brokerId).join(', ') || 'none'}, gone ${gone.join(', ') || 'none'}, back ${bounced.map(({ brokerId }) => brokerId).join(', ') || 'none'}; alive ${[...now.keys()].join(', ')}.`,
    )
  }
  const leaving = [...bounced.map(({ brokerId }) => brokerId), ...gone]
  for (const brokerId of leaving) {
    context.put({ type: 'remove-broker', brokerId })
    state.liveBrokers.delete(brokerId)
  }
  for (const broker of come) {
    context.put({ type: 'add-broker', broker })
    state.liveBrokers.set(broker.brokerId, broker)
    state.shuttingDown.delete(broker.brokerId)
  }
  if (come.length > 0) yield* onBrokersCome(context, come)
  if (gone.length > 0 || bounced.length > 0) yield* onBrokersGone(context, leaving)
  if (bounced.length > 0) {
    for (const broker of bounced) {
      context.put({ type: 'add-broker', broker })
      state.liveBrokers.set(broker.brokerId, broker)
    }
    yield* onBrokersCome(context, bounced)
  }
}

/** A registration has changed, e.g. its endpoints: all brokers are told. */
export function* onBrokerModified(context: ControllerContext, brokerId: number): Steps<void> {
  const { state, batch } = context
  const known = state.liveBrokers.get(brokerId)
  if (known === undefined) return
  const operation = { op: 'getData', path: brokerIdPath(brokerId), watch: true } as const
  const result = expect(operation, yield* ask(operation), 'NO_NODE')
  if (result.error !== undefined || result.czxid !== known.epoch) return
  const { endpoints, rack } = decodeBrokerId(brokerId, result.data)
  state.liveBrokers.set(brokerId, { ...known, endpoints, rack })
  batch.addUpdateMetadata(state.liveBrokers.keys(), [])
  batch.flush()
}
