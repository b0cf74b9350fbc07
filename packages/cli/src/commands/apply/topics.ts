import type { Admin, DescribedTopic, NewTopic } from '@odradek/client'
import { changeOf } from './change.ts'
import type { Change, ChangedValue } from './change.ts'
import { changedConfigs, operationsOf, readConfigs } from './configs.ts'
import type { WantedConfigs } from './configs.ts'
import type { Part } from './document.ts'

interface WantedTopic {
  readonly name: string
  readonly part: Part
  readonly partitions: number | undefined
  readonly replicas: number | undefined
  readonly configs: WantedConfigs
  readonly isAbsent: boolean
}

/** What has to happen for topics to be as the file says. */
export async function planTopics(admin: Admin, part: Part): Promise<Change[]> {
  const wanted = part.entries().map(([name, topic]) => readTopic(name, topic))
  const listed = new Set((await admin.listTopics({ listInternal: true })).map(({ name }) => name))
  const known = wanted.filter(({ name }) => listed.has(name)).map(({ name }) => name)
  const described = known.length === 0 ? new Map<string, DescribedTopic>() : await admin.describeTopics(known)
  const changes: Change[] = []
  for (const topic of wanted) {
    const found = described.get(topic.name)
    if (topic.isAbsent) {
      if (found !== undefined) changes.push(deletion(topic))
    } else changes.push(...(found === undefined ? [creation(topic)] : await alterations(admin, topic, found)))
  }
  return changes
}

function readTopic(name: string, part: Part): WantedTopic {
  const { partitions, replicas, configs, absent } = part.fields(['partitions', 'replicas', 'configs', 'absent'])
  const isAbsent = absent?.flag() ?? false
  if (isAbsent && (partitions ?? replicas ?? configs) !== undefined)
    throw part.wrong('a topic that is absent has nothing else')
  return {
    name,
    part,
    partitions: partitions?.count(),
    replicas: replicas?.count(),
    configs: readConfigs(configs),
    isAbsent,
  }
}

function deletion({ name }: WantedTopic): Change {
  return { action: 'delete', kind: 'topic', name, values: [], make: (admin) => admin.deleteTopics([name]) }
}

function creation({ name, partitions, replicas, configs }: WantedTopic): Change {
  const set = [...configs].flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]))
  const topic: NewTopic = {
    name,
    configs: Object.fromEntries(set),
    ...(partitions === undefined ? {} : { partitions }),
    ...(replicas === undefined ? {} : { replicationFactor: replicas }),
  }
  const values = [
    ...(partitions === undefined ? [] : [{ key: 'partitions', from: null, to: partitions }]),
    ...(replicas === undefined ? [] : [{ key: 'replicas', from: null, to: replicas }]),
    ...set.map(([key, to]) => ({ key, from: null, to })),
  ]
  return {
    action: 'create',
    kind: 'topic',
    name,
    values,
    check: (admin) => admin.createTopics([topic], { validateOnly: true }),
    make: (admin) => admin.createTopics([topic]),
  }
}

async function alterations(admin: Admin, topic: WantedTopic, found: DescribedTopic): Promise<Change[]> {
  const { name, part, partitions = found.partitions.length, replicas } = topic
  const has = found.partitions[0]?.replicaIds.length ?? 0
  if (replicas !== undefined && replicas !== has) {
    throw part.wrong(
      `it has ${has} replicas, not ${replicas}: odradek reassign plan ${name} --replicas ${replicas} -f plan.json changes that`,
    )
  }
  if (partitions < found.partitions.length) {
    throw part.wrong(`it has ${found.partitions.length} partitions, and Kafka takes none away: ${partitions} cannot be`)
  }
  const more: ChangedValue[] =
    partitions > found.partitions.length ? [{ key: 'partitions', from: found.partitions.length, to: partitions }] : []
  const configs = await changedConfigs(admin, { type: 'TOPIC', name }, topic.configs)
  const change = { type: 'TOPIC' as const, name, operations: operationsOf(configs) }
  const alter = (validateOnly: boolean) => async (asked: Admin) => {
    if (configs.length > 0) await asked.incrementalAlterConfigs([change], { validateOnly })
    if (more.length > 0) await asked.createPartitions({ [name]: partitions }, { validateOnly })
  }
  return changeOf({
    action: 'alter',
    kind: 'topic',
    name,
    values: [...more, ...configs],
    check: alter(true),
    make: alter(false),
  })
}
