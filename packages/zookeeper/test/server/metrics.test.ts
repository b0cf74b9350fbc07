import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import { absentMetrics } from '../support/apache-metrics.ts'
import { SimulatedServer } from '../support/simulated-server.ts'

const apacheNames = readFileSync(new URL('../fixtures/metrics-3.9.5.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))

test('each of Apache’s 154 metrics is here by its name, or it is known why not', async () => {
  const simulation = new Simulation({ seed: 'metrics' })
  const server = new SimulatedServer(simulation)
  await server.start()
  const shown = new Set(
    [...server.machine.env.metrics.render().matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name ?? ''),
  )
  const absent = Object.values(absentMetrics).flat()
  assert.equal(apacheNames.length, 154)
  assert.deepEqual(
    apacheNames.filter((name) => !shown.has(name) && !absent.includes(name)),
    [],
  )
  assert.deepEqual(
    absent.filter((name) => shown.has(name) || !apacheNames.includes(name)),
    [],
  )
  await server.close()
})
