import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import { LogDirectory } from '../src/host/log-directory.ts'

const log = (recoveryPoint: number) => ({
  topic: 'orders',
  partition: 0,
  recoveryPoint,
  logStartOffset: 0,
  mustKeepLogStartOffset: false,
  highWatermark: recoveryPoint,
})

function world() {
  const simulation = new Simulation({ seed: 1 })
  const machine = simulation.machine('broker')
  const directory = new LogDirectory(machine.env, '/data')
  directory.lock()
  return { simulation, machine, directory }
}

const recoveryPoints = (disk: { readFileSync(path: string): Buffer }): string =>
  disk.readFileSync('/data/recovery-point-offset-checkpoint').toString()

test('a checkpoint in the background is on the disk when it says so', async () => {
  const { simulation, machine, directory } = world()
  directory.checkpoint([log(10)])
  assert.equal(await simulation.runUntil(directory.checkpointInBackground([log(20)], 'all')), true)
  assert.equal(recoveryPoints(machine.env.disk), '0\n1\norders 0 20\n')
  machine.powerOff()
  // Its name may be lost with the power, its content not: one of the two is there, whole.
  assert.match(recoveryPoints(machine.restart().disk), /^0\n1\norders 0 [12]0\n$/)
})

test('a checkpoint in the background never replaces one that was stored after it began', async () => {
  const { simulation, machine, directory } = world()
  directory.checkpoint([log(10)])
  const background = directory.checkpointInBackground([log(20)], 'all')
  // The log is truncated again: what says so equals what is there already.
  directory.checkpoint([log(10)])
  assert.equal(await simulation.runUntil(background), false)
  assert.equal(recoveryPoints(machine.env.disk), '0\n1\norders 0 10\n')
})

test('one checkpoint at a time is stored in the background', async () => {
  const { simulation, directory } = world()
  const first = directory.checkpointInBackground([log(1)], 'highWatermarks')
  assert.equal(await simulation.runUntil(directory.checkpointInBackground([log(2)], 'highWatermarks')), false)
  assert.equal(await simulation.runUntil(first), true)
})
