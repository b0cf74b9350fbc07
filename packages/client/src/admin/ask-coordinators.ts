import type { AdminRequests } from './admin-requests.ts'
import { allFailed, settleBatch } from './settle-batch.ts'
import type { Outcomes } from './settle-batch.ts'

/**
 * Makes requests to the coordinators of groups: all of one broker's in one, again where a coordinator has moved. `ask` answers for each of the
 * groups that it is given.
 */
export function askCoordinators<Value>(
  requests: AdminRequests,
  groupIds: readonly string[],
  ask: (groupIds: readonly string[], brokerId: number) => Promise<Outcomes<Value>>,
): Promise<Map<string, Value>> {
  const { cluster, timeoutMs } = requests
  return settleBatch<Value>(cluster, [...new Set(groupIds)], timeoutMs, async (pending) => {
    await cluster.ready({ timeoutMs })
    const coordinators = await cluster.coordinators.findAll('group', pending)
    const outcomes: Outcomes<Value> = new Map()
    const byBroker = new Map<number, string[]>()
    for (const [groupId, coordinator] of coordinators) {
      if (typeof coordinator === 'number') byBroker.set(coordinator, [...(byBroker.get(coordinator) ?? []), groupId])
      else outcomes.set(groupId, coordinator)
    }
    const answers = [...byBroker].map(([id, ofBroker]) =>
      ask(ofBroker, id).catch((error: unknown) => allFailed<Value>(ofBroker, error)),
    )
    for (const answer of await Promise.all(answers)) for (const [key, outcome] of answer) outcomes.set(key, outcome)
    return outcomes
  })
}
