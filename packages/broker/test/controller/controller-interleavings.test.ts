import { test } from 'node:test'
import { SeededRandom } from '@odradek/env-sim'
import fc from 'fast-check'
import { ControllerInterleavings } from './controller-interleavings.ts'

test('controllers, brokers and wishes in any order end in a cluster that is whole', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 4 }), (seed, brokerCount) => {
      const world = new ControllerInterleavings(new SeededRandom(String(seed)), brokerCount)
      world.run(600)
      world.settle()
      world.check()
    }),
    { numRuns: 150 },
  )
})
