import { inspect } from 'node:util'
import { createAdmin } from '@odradek/client/node'

export interface Copying {
  readonly groupId: string
  readonly transactionalId: string
  readonly input: string
  readonly output: string
  readonly partitionCount: number
}

/** What the broker knows of a copier that does not come to its end: its group, its transaction, how far each partition is. */
export async function describeCopying(bootstrap: string, copying: Copying): Promise<string> {
  const { groupId, transactionalId, input, output, partitionCount } = copying
  const admin = createAdmin({ 'bootstrap.servers': bootstrap, 'default.api.timeout.ms': 5000 })
  const ends = async (topic: string, isolationLevel: 'read_committed' | 'read_uncommitted') => {
    const specs = Array.from({ length: partitionCount }, (_, partition) => ({
      topic,
      partition,
      spec: 'latest' as const,
    }))
    const found = await admin.listOffsets(specs, { isolationLevel })
    return found.map(({ offset }) => offset)
  }
  const committed = async () => {
    const found = (await admin.listConsumerGroupOffsets({ [groupId]: null })).get(groupId) ?? []
    return found.map(({ topic, partition, offset }) => `${topic}-${partition}: ${offset}`)
  }
  const questions: readonly (readonly [what: string, ask: () => Promise<unknown>])[] = [
    [`ends of ${input}`, () => ends(input, 'read_uncommitted')],
    ['committed', committed],
    [`ends of ${output}`, () => ends(output, 'read_uncommitted')],
    [`last stable offsets of ${output}`, () => ends(output, 'read_committed')],
    ['transaction', async () => (await admin.describeTransactions([transactionalId])).get(transactionalId)],
    ['group', async () => (await admin.describeConsumerGroups([groupId])).get(groupId)],
  ]
  const lines: string[] = []
  for (const [what, ask] of questions) {
    const answer = await ask().catch((error: unknown) => error)
    lines.push(`${what}: ${inspect(answer, { depth: 5, breakLength: 160, compact: 5 })}`)
  }
  admin.close()
  return lines.join('\n')
}
