import type { Command } from 'commander'
import type { Env } from '@odradek/base'
import type { Admin, PartitionRef } from '@odradek/client'
import { CliError } from '../../cli-error.ts'
import type { CommandContext } from '../../command-context.ts'
import { confirm } from '../../confirm.ts'
import { printRows, withAdmin, withClusterOptions } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'
import { findPartitions } from '../../context/partition-argument.ts'
import { parseDurationMs } from '../../options.ts'
import { Progress, progressBar } from '../../output/progress.ts'
import { findHanging } from './find-hanging.ts'

/** `transaction.max.timeout.ms` of brokers, unless somebody has changed it: no transaction that its coordinator knows is open for longer. */
const maxTimeoutDefault = '15m'

/** `odradek transaction …` */
export function defineTransaction(command: Command, context: CommandContext): void {
  const add = (usage: string, description: string, output = true): Command =>
    withClusterOptions(command.command(usage).description(description), { output })
  add('list', 'transactional ids that brokers know, with the state of their transactions')
    .alias('ls')
    .option('--state <state...>', 'only in these states, such as Ongoing, CompleteCommit')
    .option('--open-longer-than <duration>', 'only open for longer: 15m (brokers from Kafka 3.7 on)')
    .option('--id-pattern <pattern>', 'only ids that fit a regular expression (brokers from Kafka 4.1 on)')
    .action(async (options: ListOptions) => {
      const rows = await withAdmin(context, options, (admin) =>
        admin.listTransactions({
          ...(options.state === undefined ? {} : { states: options.state }),
          ...(options.openLongerThan === undefined
            ? {}
            : { durationMs: parseDurationMs('--open-longer-than', options.openLongerThan) }),
          ...(options.idPattern === undefined ? {} : { transactionalIdPattern: options.idPattern }),
        }),
      )
      await printRows(
        context,
        options,
        rows.map(({ transactionalId, state, producerId, coordinatorId }) => ({
          transactionalId,
          state,
          producerId,
          coordinator: coordinatorId,
        })),
        ['transactionalId', 'state', 'producerId', 'coordinator'],
        'No broker knows a transactional id that fits.',
      )
    })
  add('describe <transactional-id...>', 'state, age and partitions of transactions').action(
    async (ids: string[], options: ClusterOptions) => {
      const env = await context.createEnv('error')
      const found = await withAdmin(context, options, (admin) => admin.describeTransactions(ids))
      await printRows(
        context,
        options,
        [...found.values()].map((one) => ({
          transactionalId: one.transactionalId,
          state: one.state,
          producerId: one.producerId,
          epoch: one.producerEpoch,
          timeoutMs: one.timeoutMs,
          openMs: one.startTimeMs === undefined ? null : Math.max(0, env.clock.wallMs() - one.startTimeMs),
          partitions: one.partitions.map(({ topic, partition }) => `${topic}:${partition}`),
        })),
      )
    },
  )
  add('terminate <transactional-id>', 'abort what a transactional id has open, and shut its producer out', false)
    .option('-y, --yes', 'do not ask')
    .action(async (id: string, options: ClusterOptions & { yes?: true }) => {
      if (!options.yes) await confirm(context.terminal, `Abort the transaction of ${id}, and shut its producer out?`)
      await withAdmin(context, options, (admin) => admin.forceTerminateTransaction(id))
      await context.terminal.write(`${id} terminated\n`)
    })
  add(
    'find-hanging [topic...]',
    'transactions that are open in partitions though their coordinators know nothing of them',
  )
    .option('--open-longer-than <duration>', 'only when nothing was written for longer than this', maxTimeoutDefault)
    .option('--broker <id>', 'only partitions that this broker leads')
    .addHelpText(
      'after',
      '\nTopics: topic or topic:0,3-5; default: all. `odradek transaction abort` ends what was found.',
    )
    .action((given: string[], options: HangingOptions) => printHanging(context, given, options))
  add('abort <topic:partition>', 'abort a transaction that hangs in a partition, past its coordinator', false)
    .requiredOption('--start-offset <offset>', 'where it began, as find-hanging says')
    .option('-y, --yes', 'do not ask')
    .action((given: string, options: AbortOptions) => abort(context, given, options))
}

type ListOptions = ClusterOptions & { state?: string[]; openLongerThan?: string; idPattern?: string }
type HangingOptions = ClusterOptions & { openLongerThan: string; broker?: string }
type AbortOptions = ClusterOptions & { startOffset: string; yes?: true }

async function printHanging(context: CommandContext, given: readonly string[], options: HangingOptions): Promise<void> {
  const openLongerThanMs = parseDurationMs('--open-longer-than', options.openLongerThan)
  if (options.broker !== undefined && !/^\d{1,9}$/.test(options.broker)) {
    throw new CliError('INVALID_OPTION', `--broker takes the id of a broker, not "${options.broker}"`)
  }
  const env = await context.createEnv('error')
  const progress = new Progress(context.terminal, env.clock)
  const found = await withAdmin(context, options, async (admin) => {
    const partitions = await partitionsOf(admin, given, options.broker)
    return findHanging(admin, partitions, openLongerThanMs, env.clock.wallMs(), (done) =>
      progress.show(() => `${progressBar(done, partitions.length)}  ${done} of ${partitions.length} partitions`),
    ).finally(() => progress.clear())
  })
  await printRows(
    context,
    options,
    found.map(({ topic, partition, producerId, producerEpoch, startOffset, lastTimestampMs }) => ({
      topic,
      partition,
      producerId,
      epoch: producerEpoch,
      startOffset,
      silentMs: silentMs(env, lastTimestampMs),
    })),
    ['topic', 'partition', 'producerId', 'epoch', 'startOffset', 'silentMs'],
    'No transaction hangs.',
  )
}

function silentMs(env: Env, lastTimestampMs: number): number {
  return Math.max(0, env.clock.wallMs() - lastTimestampMs)
}

async function partitionsOf(
  admin: Admin,
  given: readonly string[],
  broker: string | undefined,
): Promise<PartitionRef[]> {
  const topics = given.length > 0 ? given : (await admin.listTopics({ listInternal: true })).map(({ name }) => name)
  if (topics.length === 0) return []
  const partitions = await findPartitions(admin, topics)
  if (broker === undefined) return partitions
  const described = await admin.describeTopics([...new Set(partitions.map(({ topic }) => topic))])
  return partitions.filter(
    ({ topic, partition }) =>
      described.get(topic)?.partitions.find((one) => one.partition === partition)?.leaderId === Number(broker),
  )
}

async function abort(context: CommandContext, given: string, options: AbortOptions): Promise<void> {
  if (!/^\d{1,18}$/.test(options.startOffset)) {
    throw new CliError('INVALID_OPTION', `--start-offset takes an offset, not "${options.startOffset}"`)
  }
  await withAdmin(context, options, async (admin) => {
    const [first, ...rest] = await findPartitions(admin, [given])
    if (first === undefined || rest.length > 0) {
      throw new CliError('INVALID_OPTION', `name one partition, as topic:partition, not "${given}"`)
    }
    const [described] = await admin.describeProducers([first])
    const producer = described?.producers.find(
      ({ currentTransactionStartOffset: start }) => start !== undefined && String(start) === options.startOffset,
    )
    if (producer === undefined) {
      throw new CliError(
        'INVALID_OPTION',
        `no transaction that is open in ${given} began at offset ${options.startOffset}; odradek transaction find-hanging lists them`,
      )
    }
    const { producerId, producerEpoch, coordinatorEpoch } = producer
    if (!options.yes) await confirm(context.terminal, `Abort the transaction of producer ${producerId} in ${given}?`)
    await admin.abortTransaction({ ...first, producerId, producerEpoch, coordinatorEpoch })
    await context.terminal.write(`${given} transaction of producer ${producerId} aborted\n`)
  })
}
