import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import type { AllocateProducerIds } from './producer-id-manager.ts'
import { ProducerIdManager } from './producer-id-manager.ts'

function managerOf(allocate: AllocateProducerIds) {
  const simulation = new Simulation({ seed: 1 })
  const manager = new ProducerIdManager(simulation.machine('broker').env, allocate)
  return { simulation, manager, next: () => simulation.runUntil(manager.next()) }
}

describe('producer ids', () => {
  it('come from blocks, each once, and the next block is asked for before the current one ends', async () => {
    let blocks = 0
    const { next, simulation, manager } = managerOf(async () => ({ start: BigInt(blocks++ * 10), length: 10 }))
    const ids = [await next()]
    assert.equal(blocks, 1)
    while (ids.length < 9) ids.push(await next())
    assert.equal(blocks, 2)
    ids.push(...(await simulation.runUntil(Promise.all(Array.from({ length: 16 }, () => manager.next())))))
    assert.deepEqual(
      ids,
      Array.from({ length: 25 }, (_, index) => BigInt(index)),
    )
  })

  it('are refused for a while when the controller gives none, and then asked for again', async () => {
    let isDown = true
    let asked = 0
    const { next, simulation } = managerOf(async () => {
      asked++
      if (isDown) throw new Error('no controller')
      return { start: 0n, length: 1000 }
    })
    await assert.rejects(next(), /no producer ids yet/)
    await assert.rejects(next(), /no producer ids yet/)
    assert.equal(asked, 1)
    isDown = false
    await simulation.run(100)
    assert.equal(await next(), 0n)
  })
})
