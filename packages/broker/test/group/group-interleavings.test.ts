import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GroupWorld } from './group-world.ts'
import type { History } from './test-consumer.ts'
import { TestConsumer } from './test-consumer.ts'

const seeds = [1, 2, 3, 4, 5, 6, 7, 8, Math.floor(Math.random() * 2 ** 32), Math.floor(Math.random() * 2 ** 32)]
const eventfulMs = 300_000
const quietMs = 120_000

for (const seed of seeds) {
  test(`consumers that come, go, die and come back end up in one generation, whatever happens to the coordinator (seed ${seed})`, async () => {
    const world = new GroupWorld({ seed })
    const { simulation } = world
    const random = simulation.random.fork('scenario')
    await simulation.runUntil(world.load())
    const history: History = { world, generations: new Map(), isEventful: true }
    const consumers = Array.from({ length: 6 }, (_, index) => {
      const name = `consumer-${index}`
      return new TestConsumer(name, history, simulation.random.fork(name), index % 3 === 0)
    })
    for (const consumer of consumers) void simulation.sleep(random.integer(20_000)).then(() => consumer.run())

    const shown = new Map<TestConsumer, bigint>()
    while (simulation.now < eventfulMs) {
      await simulation.run(random.integer(10_000))
      watchOffsets(consumers, shown)
      const dice = random.float()
      if (dice < 0.1) world.log.isHeld = true
      else if (dice < 0.3) release(world)
      else if (dice < 0.4) world.log.appendError = 'NOT_ENOUGH_REPLICAS'
      else if (dice < 0.5) await simulation.runUntil(world.failOver(random.float() < 0.5))
    }
    history.isEventful = false
    world.log.appendError = undefined
    release(world)
    await simulation.run(quietMs)

    const alive = consumers.filter((consumer) => consumer.isAlive)
    const description = world.runtime.read(0, (core) => core.describe('g'))
    assert.equal(description?.groupState, alive.length > 0 ? 'Stable' : 'Empty')
    for (const consumer of alive) {
      assert.ok(consumer.isSettled, `${consumer.name} has its assignment`)
      assert.equal(consumer.generation, alive[0]?.generation, 'all are in one generation')
    }
    const memberIds = (description?.members ?? []).map(({ memberId }) => memberId).sort()
    assert.deepEqual(memberIds, alive.map(({ memberId }) => memberId).sort(), 'nobody is lost, nobody else is there')

    for (const consumer of consumers) consumer.isAlive = false
    // That the group had become empty may have been refused by the log; its last members then time out once more.
    if (alive.length === 0) return
    await simulation.runUntil(world.failOver(false))
    assert.deepEqual(
      sorted(world.runtime.read(0, (core) => core.describe('g'))?.members ?? []),
      sorted(description?.members ?? []),
      'the next coordinator knows what this one did',
    )
  })
}

/** Notes what offsets are shown now, none of which may be lower than before. */
function watchOffsets(consumers: readonly TestConsumer[], shown: Map<TestConsumer, bigint>): void {
  for (const consumer of consumers) {
    const offset = consumer.shownOffset
    assert.ok(offset >= (shown.get(consumer) ?? -1n), 'a committed offset never goes back')
    shown.set(consumer, offset)
  }
}

function release(world: GroupWorld): void {
  world.log.isHeld = false
  world.log.release()
}

function sorted<Member extends { memberId: string }>(members: readonly Member[]): Member[] {
  return members.toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1))
}
