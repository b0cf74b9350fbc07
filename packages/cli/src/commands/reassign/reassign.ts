import type { Command } from 'commander'
import type { CommandContext } from '../../command-context.ts'
import { CliError } from '../../cli-error.ts'
import { confirm } from '../../confirm.ts'
import { printRows, withAdmin, withClusterOptions } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'
import { findPartitions } from '../../context/partition-argument.ts'
import { parseBytes } from '../../options.ts'
import { defineReassignPlan } from './plan.ts'
import { currentAssignment, readPlan, writePlan } from './plan-file.ts'
import { clearThrottles, setThrottles } from './throttles.ts'
import { movesOf, watchPlan } from './watch-plan.ts'
import type { WatchedMove } from './watch-plan.ts'

interface ExecuteOptions extends ClusterOptions {
  readonly file: string
  readonly throttle?: string
  readonly saveCurrent?: string
  readonly wait?: true
  readonly dryRun?: true
  readonly yes?: true
}

/** `odradek reassign …`: partitions move between brokers. */
export function defineReassign(command: Command, context: CommandContext): void {
  const add = (usage: string, description: string): Command =>
    withClusterOptions(command.command(usage).description(description))
  defineReassignPlan(
    add('plan [topic...]', 'where replicas would go to be spread evenly, moving few; nothing is changed').alias(
      'generate',
    ),
    context,
  )
  add('execute', 'begin what a plan says')
    .requiredOption('-f, --file <file>', 'the plan')
    .option('--throttle <bytes>', 'so many bytes a second at most for the copying, on each broker: 50Mi')
    .option('--save-current <file>', 'write where the partitions are now, as a plan for the way back')
    .option('--wait', 'until all is done, then take the throttle away')
    .option('--dry-run', 'only print what would be done')
    .option('-y, --yes', 'do not ask')
    .action((options: ExecuteOptions) => execute(context, options))
  add('verify', 'how far a plan is; the throttle is taken away when all is done')
    .requiredOption('-f, --file <file>', 'the plan')
    .option('--wait', 'until all is done')
    .option('--keep-throttle', 'leave the throttle where it is')
    .action(async (options: ClusterOptions & { file: string; wait?: true; keepThrottle?: true }) => {
      const env = await context.createEnv('error')
      const plan = readPlan(env, options.file)
      const moves = await withAdmin(context, options, async (admin) => {
        const found = options.wait ? await watchPlan(admin, plan, env, context.terminal) : await movesOf(admin, plan)
        if (!options.keepThrottle && found.every(({ state }) => state !== 'under way')) {
          await clearThrottles(
            admin,
            plan.map(({ topic }) => topic),
            await admin.listPartitionReassignments(),
          )
        }
        return found
      })
      await printMoves(context, options, moves)
    })
  add('list', 'what is under way')
    .alias('ls')
    .action(async (options: ClusterOptions) => {
      const rows = await withAdmin(context, options, (admin) => admin.listPartitionReassignments())
      await printRows(
        context,
        options,
        rows.map(({ topic, partition, replicas, addingReplicas, removingReplicas }) => ({
          topic,
          partition,
          replicas,
          adding: addingReplicas,
          removing: removingReplicas,
        })),
        ['topic', 'partition', 'replicas', 'adding', 'removing'],
        'Nothing is under way.',
      )
    })
  add('cancel [topic...]', 'go back to where partitions were: topic or topic:0,3-5, those of a plan, or all')
    .option('-f, --file <file>', 'the plan')
    .option('--all', 'whatever is under way')
    .option('-y, --yes', 'do not ask')
    .action((given: string[], options: CancelOptions) => cancel(context, given, options))
}

async function execute(context: CommandContext, options: ExecuteOptions): Promise<void> {
  const { terminal } = context
  const env = await context.createEnv('error')
  const plan = readPlan(env, options.file)
  const throttle = options.throttle === undefined ? undefined : parseBytes('--throttle', options.throttle)
  const moves = await withAdmin(context, options, async (admin) => {
    const before = await currentAssignment(admin, plan)
    const missing = before.find(({ replicas }) => replicas.length === 0)
    if (missing !== undefined) {
      throw new CliError(
        'INVALID_OPTION',
        `there is no partition ${missing.topic}:${missing.partition}: nothing was begun`,
      )
    }
    const planned = plan.map((move, index) => ({ ...move, current: before[index]?.replicas ?? [] }))
    if (options.dryRun) return planned.map((move) => ({ ...move, state: 'missing' as const }))
    if (!options.yes) await confirm(terminal, `Move ${plan.length} partition${plan.length === 1 ? '' : 's'}?`)
    if (options.saveCurrent !== undefined) writePlan(env, options.saveCurrent, before)
    if (throttle !== undefined) await setThrottles(admin, planned, throttle)
    await admin.alterPartitionReassignments(plan)
    if (!options.wait) return movesOf(admin, plan)
    const found = await watchPlan(admin, plan, env, terminal)
    if (throttle !== undefined && found.every(({ state }) => state !== 'under way')) {
      await clearThrottles(
        admin,
        plan.map(({ topic }) => topic),
        await admin.listPartitionReassignments(),
      )
    }
    return found
  })
  if (options.dryRun) {
    await printRows(
      context,
      options,
      moves.map(({ topic, partition, current, replicas }) => ({
        topic,
        partition,
        replicas: current,
        newReplicas: replicas,
      })),
    )
    terminal.writeError('Nothing was begun; without --dry-run it will be.\n')
    return
  }
  await printMoves(context, options, moves)
  if (throttle !== undefined && moves.some(({ state }) => state === 'under way')) {
    terminal.writeError(`The throttle stays until odradek reassign verify -f ${options.file} finds all done.\n`)
  }
}

type CancelOptions = ClusterOptions & { file?: string; all?: true; yes?: true }

async function cancel(context: CommandContext, given: readonly string[], options: CancelOptions): Promise<void> {
  const ways = [given.length > 0, options.file !== undefined, options.all === true].filter(Boolean)
  if (ways.length !== 1) throw new CliError('INVALID_OPTION', 'say what to cancel: topics, -f plan, or --all')
  const plan = options.file === undefined ? undefined : readPlan(await context.createEnv('error'), options.file)
  const rows = await withAdmin(context, options, async (admin) => {
    const wanted = plan ?? (options.all ? null : await findPartitions(admin, given))
    const underWay = await admin.listPartitionReassignments(wanted)
    if (underWay.length === 0) return []
    if (!options.yes)
      await confirm(
        context.terminal,
        `Cancel the moves of ${underWay.length} partition${underWay.length === 1 ? '' : 's'}?`,
      )
    await admin.alterPartitionReassignments(
      underWay.map(({ topic, partition }) => ({ topic, partition, replicas: null })),
    )
    await clearThrottles(
      admin,
      underWay.map(({ topic }) => topic),
      await admin.listPartitionReassignments(),
    )
    return (await currentAssignment(admin, underWay)).map(({ topic, partition, replicas }) => ({
      topic,
      partition,
      replicas,
      cancelled: true,
    }))
  })
  await printRows(
    context,
    options,
    rows,
    ['topic', 'partition', 'replicas', 'cancelled'],
    'Nothing of it is under way.',
  )
}

/** The exit code is 1 when something is neither done nor under way. */
async function printMoves(
  context: CommandContext,
  options: ClusterOptions,
  moves: readonly WatchedMove[],
): Promise<void> {
  const rows = moves.map(({ topic, partition, current, replicas, state }) => ({
    topic,
    partition,
    state,
    replicas: current,
    planned: replicas,
  }))
  await printRows(context, options, rows, ['topic', 'partition', 'state', 'replicas', 'planned'])
  const missing = moves.filter(({ state }) => state === 'missing').length
  if (missing === 0) return
  context.terminal.writeError(
    `${missing} of ${moves.length} partitions are not where the plan wants them, and nothing moves them there.\n`,
  )
  context.exitWith(1)
}
