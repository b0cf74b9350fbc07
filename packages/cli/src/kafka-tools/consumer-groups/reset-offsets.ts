import { BatchError } from '@odradek/client'
import type { Admin, OffsetSpec, PartitionRef } from '@odradek/client'
import { CliError } from '../../cli-error.ts'
import { findPartitions } from '../../context/partition-argument.ts'
import { readTextFile } from '../../read-file.ts'
import type { ToolRun } from '../kafka-tool.ts'
import { columnsLine } from '../print-columns.ts'
import { datetimeMs, durationMs } from '../times.ts'
import type { ToolArguments } from '../tool-options.ts'
import { groupsOf } from './groups-of.ts'

interface NewOffset extends PartitionRef {
  readonly group: string
  readonly offset: number
}

const scenarios = [
  'to-offset',
  'to-datetime',
  'by-duration',
  'to-earliest',
  'to-latest',
  'shift-by',
  'from-file',
  'to-current',
] as const
const widths = [30, 30, 10]
const dryRunWarning =
  'WARN: No action will be performed as the --execute option is missing.In a future major release, the default behavior of this command will be to prompt the user before executing the reset rather than doing a dry run. You should add the --dry-run option explicitly if you are scripting this command and want to keep the current default behavior without prompting.'

/** `--reset-offsets`: shows where the groups would be, and with `--execute` has them there. */
export async function resetOffsets(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<number> {
  const scenario = scenarios.filter((each) => given.has(each))
  if (scenario.length !== 1) {
    tool.printError(
      `Option [reset-offsets] takes one of these options: ${scenarios.map((each) => `[${each}]`).join(', ')}`,
    )
    return 1
  }
  if (!given.has('topic') && !given.has('all-topics') && !given.has('from-file')) {
    tool.printError('One of the reset scopes should be defined: --all-topics, --topic.')
    return 1
  }
  const groups = await groupsOf(admin, given)
  if (!given.has('execute') && !given.has('dry-run')) tool.printError(dryRunWarning)
  const planned: NewOffset[] = []
  for (const group of groups) {
    const state = await stateOf(admin, group)
    if (state === undefined || state === 'Empty' || state === 'Dead')
      planned.push(...(await planGroup(admin, group, given, tool)))
    else {
      await tool.print(
        '',
        `Error: Assignments can only be reset if the group '${group}' is inactive, but the current state is ${state}.`,
      )
    }
  }
  if (given.has('export')) await tool.print(...planned.map((each) => csvLine(each, groups.length > 1)), '')
  else await printPlan(planned, tool)
  if (given.has('execute')) {
    for (const [group, offsets] of Map.groupBy(planned, (each) => each.group))
      await admin.alterConsumerGroupOffsets(group, offsets)
  }
  return 0
}

async function stateOf(admin: Admin, group: string): Promise<string | undefined> {
  try {
    return (await admin.describeConsumerGroups([group])).get(group)?.state
  } catch (error) {
    if (error instanceof BatchError && error.errors.get(group)?.code === 'GROUP_ID_NOT_FOUND') return undefined
    throw error
  }
}

function csvLine({ group, topic, partition, offset }: NewOffset, hasGroups: boolean): string {
  return [...(hasGroups ? [group] : []), topic, partition, offset].join(',')
}

async function printPlan(planned: readonly NewOffset[], tool: ToolRun): Promise<void> {
  if (planned.length === 0) return
  await tool.print('', columnsLine(['GROUP', 'TOPIC', 'PARTITION', 'NEW-OFFSET'], widths))
  for (const { group, topic, partition, offset } of planned) {
    await tool.print(columnsLine([group, topic, partition, offset], widths))
  }
}

async function planGroup(admin: Admin, group: string, given: ToolArguments, tool: ToolRun): Promise<NewOffset[]> {
  const committed = (await admin.listConsumerGroupOffsets({ [group]: null })).get(group) ?? []
  const before = (ref: PartitionRef): number | undefined =>
    committed.find(({ topic, partition }) => topic === ref.topic && partition === ref.partition)?.offset
  const file = given.value('from-file')
  if (file !== undefined) {
    const env = await tool.context.createEnv('warn')
    const wanted = parseCsv(readTextFile(env, file), group)
    return bounded(admin, wanted)
  }
  const partitions: PartitionRef[] = given.has('all-topics')
    ? committed.map(({ topic, partition }) => ({ topic, partition }))
    : await findPartitions(admin, given.values('topic'))
  const named = (offsets: readonly number[]): NewOffset[] =>
    partitions.map(({ topic, partition }, index) => ({ group, topic, partition, offset: offsets[index] ?? 0 }))
  if (given.has('to-earliest')) return named(await listAt(admin, partitions, 'earliest'))
  if (given.has('to-latest')) return named(await listAt(admin, partitions, 'latest'))
  if (given.has('to-offset')) return bounded(admin, named(partitions.map(() => wholeNumber(given, 'to-offset'))))
  if (given.has('to-current')) {
    const ends = await listAt(admin, partitions, 'latest')
    return named(partitions.map((ref, index) => before(ref) ?? ends[index] ?? 0))
  }
  if (given.has('shift-by')) {
    const shift = wholeNumber(given, 'shift-by')
    const shifted = partitions.map((ref) => {
      const offset = before(ref)
      if (offset !== undefined) return offset + shift
      throw new CliError(
        'INVALID_OPTION',
        `Cannot shift offset for partition ${ref.topic}-${ref.partition} since there is no current committed offset`,
      )
    })
    return bounded(admin, named(shifted))
  }
  return named(await offsetsAtTime(admin, partitions, await timeOf(given, tool), tool))
}

async function listAt(admin: Admin, partitions: readonly PartitionRef[], spec: OffsetSpec): Promise<number[]> {
  if (partitions.length === 0) return []
  const listed = await admin.listOffsets(partitions.map(({ topic, partition }) => ({ topic, partition, spec })))
  return listed.map(({ offset }) => offset)
}

async function offsetsAtTime(
  admin: Admin,
  partitions: readonly PartitionRef[],
  timestampMs: number,
  tool: ToolRun,
): Promise<number[]> {
  const [found, ends] = await Promise.all([
    listAt(admin, partitions, { timestampMs }),
    listAt(admin, partitions, 'latest'),
  ])
  for (const [index, { topic, partition }] of partitions.entries()) {
    if ((found[index] ?? -1) >= 0) continue
    await tool.print(
      '',
      `Warn: Partition ${partition} from topic ${topic} is empty. Falling back to latest known offset.`,
    )
  }
  return found.map((offset, index) => (offset < 0 ? (ends[index] ?? 0) : offset))
}

async function timeOf(given: ToolArguments, tool: ToolRun): Promise<number> {
  const datetime = given.value('to-datetime')
  if (datetime !== undefined) return datetimeMs(datetime)
  const { clock } = await tool.env()
  return Math.round(clock.wallMs() - durationMs(given.value('by-duration') ?? ''))
}

function wholeNumber(given: ToolArguments, option: string): number {
  const text = given.value(option) ?? ''
  if (!/^-?\d{1,18}$/.test(text))
    throw new CliError('INVALID_OPTION', `Cannot parse argument '${text}' of option ${option}`)
  return Number(text)
}

/** No offset before the first record or behind the last. */
async function bounded(admin: Admin, wanted: readonly NewOffset[]): Promise<NewOffset[]> {
  const [first, last] = await Promise.all([listAt(admin, wanted, 'earliest'), listAt(admin, wanted, 'latest')])
  return wanted.map((each, index) => {
    const [start, end] = [first[index] ?? 0, last[index] ?? 0]
    return { ...each, offset: each.offset < start ? start : each.offset > end ? end : each.offset }
  })
}

/** `topic,partition,offset`, or with the group before, as `--export` prints them. */
function parseCsv(text: string, group: string): NewOffset[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) =>
      line
        .trim()
        .split(',')
        .map((cell) => cell.replaceAll('"', '')),
    )
    .filter((cells) => cells.length !== 4 || cells[0] === group)
    .map((cells) => {
      const [topic = '', partition = '', offset = ''] = cells.slice(-3)
      if (cells.length < 3 || !/^\d+$/.test(partition) || !/^\d{1,18}$/.test(offset)) {
        throw new CliError(
          'INVALID_FILE',
          `lines are topic,partition,offset or group,topic,partition,offset, not "${cells.join(',')}"`,
        )
      }
      return { group, topic, partition: Number(partition), offset: Number(offset) }
    })
}
