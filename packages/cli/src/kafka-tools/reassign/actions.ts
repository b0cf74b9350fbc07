import { assignReplicas } from '@odradek/broker'
import type { Env } from '@odradek/base'
import { BatchError } from '@odradek/client'
import type { Admin, OngoingReassignment } from '@odradek/client'
import type { ToolRun } from '../kafka-tool.ts'
import { comparePartitions, partitionName } from '../partition-name.ts'
import { ToolError } from '../tool-error.ts'
import { currentOf, partitionsOf } from './current-partitions.ts'
import { executeMoves, moveStates } from './log-dir-moves.ts'
import {
  movesOf,
  parseBrokers,
  parseExecutable,
  parseReassignments,
  parseTopics,
  reassignmentJson,
  refuse,
} from './reassignment-file.ts'
import type { PlannedPartition } from './reassignment-file.ts'
import { clearThrottles, throttleBrokers, throttleLogDirs } from './throttles.ts'

/** `--generate`: proposes where the partitions of topics could be on these brokers. */
export async function generate(
  env: Env,
  admin: Admin,
  tool: ToolRun,
  { topicsJson, brokerList, isRackAware }: { topicsJson: string; brokerList: string; isRackAware: boolean },
): Promise<void> {
  const ids = parseBrokers(brokerList)
  const current = await partitionsOf(admin, parseTopics(topicsJson))
  const { brokers } = await admin.describeCluster()
  const places = brokers
    .filter(({ id }) => ids.includes(id))
    .map(({ id, rack }) => ({ brokerId: id, rack: isRackAware ? (rack ?? undefined) : undefined }))
  const rackless = places.filter(({ rack }) => rack === undefined)
  if (isRackAware && rackless.length > 0 && rackless.length < places.length) {
    refuse(
      'Not all brokers have rack information. Add --disable-rack-aware in command line to make replica assignment without rack information.',
    )
  }
  const proposed = [...Map.groupBy(current, ({ topic }) => topic)].flatMap(([topic, partitions]) => {
    const factor = partitions[0]?.replicas.length ?? 0
    if (factor > places.length) refuse(`Replication factor: ${factor} larger than available brokers: ${places.length}.`)
    const start = { index: env.random.integer(places.length), shift: env.random.integer(places.length), partition: 0 }
    return assignReplicas(places, partitions.length, factor, start).map((replicas, partition) => {
      return { topic, partition, replicas }
    })
  })
  await tool.print(
    'Current partition replica assignment',
    reassignmentJson(current),
    '',
    'Proposed partition reassignment configuration',
    reassignmentJson(proposed),
  )
}

/** `--verify`: how far it is; once all is done the throttles go. */
export async function verify(admin: Admin, tool: ToolRun, text: string, keepsThrottles: boolean): Promise<void> {
  const planned = parseReassignments(text)
  const ongoing = await admin.listPartitionReassignments()
  const moving = new Set(ongoing.map(partitionName))
  const still = planned.filter((partition) => !moving.has(partitionName(partition)))
  const there = new Set((await admin.listTopics({ listInternal: true })).map(({ name }) => name))
  const current = await partitionsOf(
    admin,
    still.map(({ topic }) => topic).filter((topic) => there.has(topic)),
  )
  await tool.print('Status of partition reassignment:')
  for (const partition of planned.toSorted(comparePartitions)) {
    const name = partitionName(partition)
    const now = current.find((each) => partitionName(each) === name)?.replicas ?? []
    if (moving.has(name)) await tool.print(`Reassignment of partition ${name} is still in progress.`)
    else if (now.join() === partition.replicas.join())
      await tool.print(`Reassignment of partition ${name} is completed.`)
    else {
      await tool.print(
        `There is no active reassignment of partition ${name}, but replica set is ${now.join(',')} rather than ${partition.replicas.join(',')}.`,
      )
    }
  }
  const moves = await moveStates(admin, movesOf(planned))
  await tool.print(moves.map(({ line }) => line).join('\n'))
  const isDone = ongoing.length === 0 && moves.every(({ activeFrom }) => activeFrom === undefined)
  if (isDone && !keepsThrottles) await clearThrottles(admin, tool, planned)
}

export interface ExecuteOptions {
  readonly isAdditional: boolean
  /** Bytes a second; negative for no limit. */
  readonly throttle: number
  readonly logDirThrottle: number
  readonly timeoutMs: number
}

/** `--execute`: begins to move partitions, between brokers and between their directories. */
export async function execute(
  env: Env,
  admin: Admin,
  tool: ToolRun,
  text: string,
  { isAdditional, throttle, logDirThrottle, timeoutMs }: ExecuteOptions,
): Promise<void> {
  const planned = parseExecutable(text)
  const moves = movesOf(planned)
  const ongoing = await admin.listPartitionReassignments()
  if (!isAdditional && ongoing.length > 0) {
    throw new ToolError(
      'REFUSED',
      'Cannot execute because there is an existing partition assignment.  Use --additional to override this and create a new partition assignment in addition to the existing one. The --additional flag can also be used to change the throttle by resubmitting the current reassignment.',
    )
  }
  const known = new Set((await admin.describeCluster()).brokers.map(({ id }) => id))
  const unknown = planned.flatMap(({ replicas }) => replicas).find((id) => !known.has(id))
  if (unknown !== undefined) refuse(`Unknown broker id ${unknown}`)
  const current = await currentOf(admin, planned)
  await tool.print(
    'Current partition replica assignment',
    '',
    reassignmentJson(current),
    '',
    'Save this to use as the --reassignment-json-file option during rollback',
  )
  if (throttle >= 0 || logDirThrottle >= 0) {
    await tool.print(
      'Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.',
    )
    if (throttle >= 0) await throttleBrokers(admin, tool, throttle, ongoing, planned, current)
    if (logDirThrottle >= 0) await throttleLogDirs(admin, tool, logDirThrottle, moves)
  }
  await alter(admin, planned, 'Error reassigning partition(s):')
  const names = planned.toSorted(comparePartitions).map(partitionName)
  await tool.print(
    `Successfully started partition reassignment${planned.length === 1 ? '' : 's'} for ${names.join(',')}`,
  )
  if (moves.length > 0) await executeMoves(env, admin, tool, moves, timeoutMs)
}

/** Throws with a line for each that was refused. */
async function alter(
  admin: Admin,
  reassignments: Parameters<Admin['alterPartitionReassignments']>[0],
  title: string,
): Promise<void> {
  try {
    await admin.alterPartitionReassignments(reassignments)
  } catch (error) {
    if (!(error instanceof BatchError)) throw error
    const lines = [...error.errors].map(([name, { message }]) => `${name}: ${message}`).sort()
    throw new ToolError('REFUSED', [title, ...lines].join('\n'))
  }
}

/** `--cancel`: stops what is under way of what the file names. */
export async function cancel(
  env: Env,
  admin: Admin,
  tool: ToolRun,
  text: string,
  { keepsThrottles, timeoutMs }: { readonly keepsThrottles: boolean; readonly timeoutMs: number },
): Promise<void> {
  const planned = parseReassignments(text)
  const ongoing: OngoingReassignment[] = await admin.listPartitionReassignments(planned)
  if (ongoing.length > 0) {
    const plural = ongoing.length === 1 ? '' : 's'
    const stopped = ongoing.map(({ topic, partition }) => ({ topic, partition, replicas: null }))
    await alter(admin, stopped, `Error cancelling partition reassignment${plural} for:`)
    const names = ongoing.toSorted(comparePartitions).map(partitionName)
    await tool.print(`Successfully cancelled partition reassignment${plural} for: ${names.join(',')}`)
  } else await tool.print('None of the specified partition reassignments are active.')
  const active = (await moveStates(admin, movesOf(planned))).flatMap(({ move, activeFrom }) =>
    activeFrom === undefined ? [] : [{ ...move, path: activeFrom }],
  )
  if (active.length === 0) await tool.context.terminal.write('None of the specified partition moves are active.')
  else await executeMoves(env, admin, tool, active, timeoutMs)
  if (!keepsThrottles) await clearThrottles(admin, tool, planned satisfies readonly PlannedPartition[])
}

/** `--list`: what is under way. */
export async function list(admin: Admin, tool: ToolRun): Promise<void> {
  const ongoing = await admin.listPartitionReassignments()
  if (ongoing.length === 0) return tool.print('No partition reassignments found.')
  await tool.print('Current partition reassignments:')
  for (const reassignment of ongoing.toSorted(comparePartitions)) {
    const { replicas, addingReplicas, removingReplicas } = reassignment
    const part = (title: string, ids: readonly number[]): string =>
      ids.length === 0 ? '' : ` ${title}: ${ids.join(',')}.`
    await tool.print(
      `${partitionName(reassignment)}: replicas: ${replicas.join(',')}.${part('adding', addingReplicas)}${part('removing', removingReplicas)}`,
    )
  }
}
