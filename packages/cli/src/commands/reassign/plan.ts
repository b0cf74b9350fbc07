import type { Command } from 'commander'
import type { Admin } from '@odradek/client'
import { CliError } from '../../cli-error.ts'
import type { CommandContext } from '../../command-context.ts'
import { printRows, withAdmin } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'
import { parseCount } from '../../options.ts'
import { planAssignment } from './plan-assignment.ts'
import type { PlannedMove } from './throttles.ts'
import { writePlan } from './plan-file.ts'

interface PlanOptions extends ClusterOptions {
  readonly to?: string
  readonly without?: string
  readonly replicas?: string
  readonly file?: string
}

/** `odradek reassign plan`: changes nothing. */
export function defineReassignPlan(command: Command, context: CommandContext): void {
  command
    .option('--to <id,...>', 'the brokers that are to have all replicas; default: all that are alive')
    .option('--without <id,...>', 'brokers that are to have none any more')
    .option('-r, --replicas <number>', 'how many replicas each partition is to have; default: as many as now')
    .option('-f, --file <file>', 'write the plan to this file, in the form of kafka-reassign-partitions')
    .action(async (topics: string[], options: PlanOptions) => {
      const moves = await withAdmin(context, options, (admin) => planMoves(admin, topics, options))
      const rows = moves.map(({ topic, partition, current, replicas }) => ({
        topic,
        partition,
        replicas: current,
        newReplicas: replicas,
      }))
      await printRows(context, options, rows, ['topic', 'partition', 'replicas', 'newReplicas'], 'Nothing has to move.')
      if (moves.length === 0) return
      if (options.file === undefined) {
        context.terminal.writeError(
          'With --file the plan is written to a file; odradek reassign execute carries it out.\n',
        )
        return
      }
      writePlan(await context.createEnv('error'), options.file, moves)
      context.terminal.writeError(
        `The plan is in ${options.file}; odradek reassign execute -f ${options.file} carries it out.\n`,
      )
    })
}

/** The partitions whose replicas, or their order, are to change. */
async function planMoves(admin: Admin, topics: readonly string[], options: PlanOptions): Promise<PlannedMove[]> {
  const { brokers } = await admin.describeCluster()
  const names = topics.length > 0 ? topics : (await admin.listTopics({ listInternal: true })).map(({ name }) => name)
  const described = await admin.describeTopics(names)
  const wanted = options.to === undefined ? brokers.map(({ id }) => id) : parseIds('--to', options.to)
  const without = options.without === undefined ? [] : parseIds('--without', options.without)
  const targets = wanted.filter((id) => !without.includes(id))
  for (const id of targets) {
    if (!brokers.some((broker) => broker.id === id)) {
      throw new CliError(
        'INVALID_OPTION',
        `there is no broker ${id} alive; there are ${brokers.map((broker) => broker.id).join(', ')}`,
      )
    }
  }
  if (targets.length === 0)
    throw new CliError('INVALID_OPTION', 'no broker would be left: give --to or fewer --without')
  const current = [...described.values()].flatMap(({ name, partitions }) =>
    partitions.map(({ partition, replicaIds }) => ({ topic: name, partition, replicas: replicaIds })),
  )
  const planned = planAssignment(
    current,
    brokers.filter(({ id }) => targets.includes(id)),
    parseCount('--replicas', options.replicas),
  )
  return planned
    .map((move, index) => ({ ...move, current: current[index]?.replicas ?? [] }))
    .filter(({ current: before, replicas }) => before.join() !== replicas.join())
}

function parseIds(option: string, text: string): number[] {
  if (!/^\d{1,9}(,\d{1,9})*$/.test(text)) {
    throw new CliError('INVALID_OPTION', `${option} takes the ids of brokers, such as 1,2,3, not "${text}"`)
  }
  return [...new Set(text.split(',').map(Number))]
}
