import type { Env } from '@odradek/base'
import type { Admin } from '@odradek/client'
import { Progress, progressBar } from '../../output/progress.ts'
import type { Terminal } from '../../terminal.ts'
import type { AssignedPartition } from './plan-assignment.ts'
import { currentAssignment } from './plan-file.ts'

/** `missing`: the plan was not begun, or something else was decided since. */
export type MoveState = 'done' | 'under way' | 'missing'

export interface WatchedMove extends AssignedPartition {
  /** Where it is now. */
  readonly current: readonly number[]
  readonly state: MoveState
}

const pauseMs = 1000

/** How far each partition of a plan is. */
export async function movesOf(admin: Admin, plan: readonly AssignedPartition[]): Promise<WatchedMove[]> {
  // What is under way first: between the two it can only become done.
  const underWay = await admin.listPartitionReassignments(plan)
  const current = await currentAssignment(admin, plan)
  return plan.map((planned, index) => {
    const now = current[index]?.replicas ?? []
    const isUnderWay = underWay.some(
      ({ topic, partition }) => topic === planned.topic && partition === planned.partition,
    )
    const isDone = now.length === planned.replicas.length && now.every((id, place) => id === planned.replicas[place])
    return { ...planned, current: now, state: isUnderWay ? 'under way' : isDone ? 'done' : 'missing' }
  })
}

/** Waits until nothing of the plan is under way any more, or somebody interrupts. */
export async function watchPlan(
  admin: Admin,
  plan: readonly AssignedPartition[],
  env: Env,
  terminal: Terminal,
): Promise<WatchedMove[]> {
  const progress = new Progress(terminal, env.clock)
  try {
    for (;;) {
      const moves = await movesOf(admin, plan)
      const left = moves.filter(({ state }) => state === 'under way').length
      if (left === 0 || terminal.interrupted.aborted) return moves
      progress.show(
        () => `${progressBar(moves.length - left, moves.length)}  ${left} of ${moves.length} partitions move`,
      )
      await new Promise<void>((resolve) => void env.timers.after(pauseMs, resolve))
    }
  } finally {
    progress.clear()
  }
}
