import type { Admin } from '@odradek/client'
import type { Row } from '../../output/render-rows.ts'

/** One row for each partition that a group has an offset in, or a member. */
export async function describeLag(admin: Admin, groups: readonly string[]): Promise<Row[]> {
  const [described, committed] = await Promise.all([
    admin.describeConsumerGroups(groups),
    admin.listConsumerGroupOffsets(Object.fromEntries(groups.map((group) => [group, null]))),
  ])
  const rows = groups.flatMap((group) => {
    const members = described.get(group)?.members ?? []
    const owned = members.flatMap((member) =>
      member.assignment.map(({ topic, partition }) => ({ topic, partition, member: member.clientId })),
    )
    const offsets = committed.get(group) ?? []
    const idle = offsets.filter(
      ({ topic, partition }) => !owned.some((own) => own.topic === topic && own.partition === partition),
    )
    const all = [...owned, ...idle.map(({ topic, partition }) => ({ topic, partition, member: null }))]
    return all.map((row) => ({
      group,
      ...row,
      offset: offsets.find(({ topic, partition }) => topic === row.topic && partition === row.partition)?.offset,
    }))
  })
  const ends = await admin.listOffsets(rows.map(({ topic, partition }) => ({ topic, partition, spec: 'latest' })))
  return rows
    .map(({ group, topic, partition, offset, member }, index) => {
      const end = ends[index]?.offset ?? 0
      return {
        group,
        topic,
        partition,
        offset: offset ?? null,
        end,
        lag: offset === undefined ? null : end - offset,
        member,
      }
    })
    .sort((a, b) => (a.group + a.topic).localeCompare(b.group + b.topic) || a.partition - b.partition)
}
