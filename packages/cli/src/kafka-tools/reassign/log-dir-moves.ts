import type { Env } from '@odradek/base'
import { BatchError } from '@odradek/client'
import type { Admin } from '@odradek/client'
import { javaError } from '../java-error.ts'
import type { ToolRun } from '../kafka-tool.ts'
import { comparePartitions, partitionName } from '../partition-name.ts'
import { pause } from '../pause.ts'
import { ToolError } from '../tool-error.ts'
import { refuse } from './reassignment-file.ts'
import type { PlannedMove } from './reassignment-file.ts'

const retryMs = 100

/** What became of a move: a line, and whether it is over. */
export interface MoveState {
  readonly move: PlannedMove
  readonly line: string
  /** Where it comes from, while it is under way. */
  readonly activeFrom: string | undefined
}

function replicaName(move: PlannedMove): string {
  return `${partitionName(move)}-${move.brokerId}`
}

function compareMoves(a: PlannedMove, b: PlannedMove): number {
  return a.brokerId - b.brokerId || comparePartitions(a, b)
}

export async function moveStates(admin: Admin, moves: readonly PlannedMove[]): Promise<MoveState[]> {
  if (moves.length === 0) return []
  const sorted = moves.toSorted(compareMoves)
  const found = await admin.describeReplicaLogDirs(sorted)
  return sorted.map((move, index) => {
    const { currentPath, futurePath } = found[index] ?? {}
    const name = partitionName(move)
    if (currentPath === undefined) {
      const line = `Partition ${name} is not found in any live log dir on broker ${move.brokerId}. There is likely an offline log directory on the broker.`
      return { move, line, activeFrom: undefined }
    }
    if (futurePath === undefined) {
      const line =
        currentPath === move.path
          ? `Reassignment of replica ${replicaName(move)} completed successfully.`
          : `Partition ${name} on broker ${move.brokerId} is not being moved from log dir ${currentPath} to ${move.path}.`
      return { move, line, activeFrom: undefined }
    }
    const line =
      futurePath === move.path
        ? `Reassignment of replica ${replicaName(move)} is still in progress.`
        : `Partition ${name} on broker ${move.brokerId} is being moved to log dir ${futurePath} instead of ${move.path}.`
    return { move, line, activeFrom: currentPath }
  })
}

/** Begins the moves. A replica that is not on its broker yet is asked for again until the time is over. */
export async function executeMoves(
  env: Env,
  admin: Admin,
  tool: ToolRun,
  moves: readonly PlannedMove[],
  timeoutMs: number,
): Promise<void> {
  const endMs = env.clock.monotonicMs() + timeoutMs
  let pending = moves.toSorted(compareMoves)
  while (pending.length > 0) {
    const refused = await refusedMoves(admin, pending)
    for (const move of pending.filter((each) => !refused.has(replicaName(each)))) {
      await tool.print(
        `Successfully started moving log directory to ${move.path} for replica ${partitionName(move)} with broker ${move.brokerId} `,
      )
    }
    pending = pending.filter((move) => refused.has(replicaName(move)))
    if (pending.length === 0) return
    if (env.clock.monotonicMs() >= endMs) {
      throw new ToolError(
        'REFUSED',
        `Timed out before log directory move${pending.length === 1 ? '' : 's'} could be started for: ${pending.map(replicaName).join(',')}`,
      )
    }
    await pause(env, retryMs)
  }
}

/** The names of the replicas that are not on their broker yet; throws for any other reason. */
async function refusedMoves(admin: Admin, moves: readonly PlannedMove[]): Promise<Set<string>> {
  try {
    await admin.alterReplicaLogDirs(moves)
    return new Set()
  } catch (error) {
    if (!(error instanceof BatchError)) throw error
    const serious = [...error.errors].find(([, { code }]) => code !== 'REPLICA_NOT_AVAILABLE')
    if (serious !== undefined) refuse(`Failed to alter dir for ${serious[0]}: ${javaError(serious[1])}`)
    return new Set(error.errors.keys())
  }
}
