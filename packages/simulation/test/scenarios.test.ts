import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { describe, test } from 'node:test'
import { runScenario, ScenarioError, scenarios } from '../src/index.ts'
import type { PlantedFaults, Scenario, ScenarioReport } from '../src/index.ts'

const fixedSeed = '1'
const repeatedSeed = '2'
const freshSeedCount = 2
/** A planted fault must be found within so many seeds. */
const faultSeedsMax = 40

function scenarioOf(name: string): Scenario {
  const scenario = scenarios.find((one) => one.name === name)
  assert.ok(scenario !== undefined)
  return scenario
}

async function failureOf(scenario: Scenario, seed: string, faults: PlantedFaults): Promise<ScenarioError | undefined> {
  try {
    await runScenario(scenario, seed, { faults })
    return undefined
  } catch (error) {
    assert.ok(error instanceof ScenarioError, String(error))
    return error
  }
}

for (const scenario of scenarios) {
  describe(`${scenario.name}: ${scenario.about}`, () => {
    const fresh = Array.from({ length: freshSeedCount }, () => String(randomInt(2 ** 47)))
    for (const seed of [fixedSeed, ...fresh]) {
      // The error names the seed and how to play it again.
      test(`ends well with seed ${seed}`, async () => {
        await runScenario(scenario, seed)
      })
    }

    test(`plays the same again with seed ${repeatedSeed}`, async () => {
      const first = await runScenario(scenario, repeatedSeed)
      const second = await runScenario(scenario, repeatedSeed)
      assert.deepEqual(second, first satisfies ScenarioReport)
    })
  })
}

const planted: readonly [scenario: string, faults: PlantedFaults, invariant: RegExp][] = [
  ['zookeeper-power', { zookeeper: { answerBeforeSync: true } }, /answered|ephemeral/],
  ['zookeeper', { zookeeper: { forgetWatch: true } }, /one-shot watch/],
  ['zookeeper', { zookeeper: { forgetRecursive: true } }, /persistent watch/],
  ['zookeeper', { zookeeper: { keepEphemerals: true } }, /ephemeral/],
  ['zookeeper-power', { zookeeper: { skipCrc: true } }, /answered|starts after every crash/],
  ['broker-power', { broker: { answerBeforeSync: true } }, /no acknowledged record|committed offsets/],
  ['broker-power', { broker: { skipCrc: true } }, /no acknowledged record/],
  ['broker', { broker: { reuseOffset: true } }, /no acknowledged record|committed offsets/],
  ['broker', { broker: { answerBeforeShown: true } }, /an answered change of a setting/],
  ['broker', { broker: { dropCommit: true } }, /committed offsets/],
  [
    'client',
    { broker: { reuseOffset: true } },
    /^no (inconsistent-offset|lost-write|unseen|duplicate|skipped-poll|nonmonotonic)/,
  ],
]

describe('a planted fault is found, and its seed fails in the same way again', () => {
  for (const [name, faults, invariant] of planted) {
    test(`${name} with ${JSON.stringify(faults)}`, async () => {
      const scenario = scenarioOf(name)
      for (let seed = 1; seed <= faultSeedsMax; seed++) {
        const failure = await failureOf(scenario, `fault ${seed}`, faults)
        if (failure === undefined) continue
        assert.match(failure.invariant ?? failure.message, invariant)
        assert.match(failure.message, new RegExp(`npm run sim -- 'fault ${seed}' --scenario ${name}`))
        const again = await failureOf(scenario, `fault ${seed}`, faults)
        assert.equal(again?.traceHash, failure.traceHash)
        return
      }
      assert.fail(`not found within ${faultSeedsMax} seeds`)
    })
  }
})
