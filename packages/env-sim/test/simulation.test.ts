import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection, NetworkError } from '@odradek/base'
import { Simulation } from '../src/index.ts'
import type { SimulatedMachine } from '../src/index.ts'

/** An exchange with delays, splits, timers, chance and a crash: enough to differ between seeds. */
async function history(seed: number): Promise<string> {
  const simulation = new Simulation({ seed })
  const [client, server] = [simulation.machine('client'), simulation.machine('server')]
  await simulation.runUntil(echo(server, 9092))
  const { env } = client
  const connection = await simulation.runUntil(env.network.connect({ host: 'server', port: 9092 }))
  connection.handle({ onData: (chunk) => simulation.record(chunk.toString('latin1')), onClose: () => {} })
  for (let index = 0; index < 20; index++) {
    env.timers.after(env.random.integer(50), () => connection.write([env.random.bytes(100)]))
  }
  simulation.schedule(simulation.random.between(10, 60), 'crash', () => server.crashProcess())
  await simulation.run(1000)
  return simulation.trace.hash
}

async function echo(machine: SimulatedMachine, port: number): Promise<void> {
  await machine.env.network.listen({ host: '0.0.0.0', port }, (connection) => {
    connection.handle({ onData: (chunk) => connection.write([chunk]), onClose: () => {} })
  })
}

async function connected(
  simulation: Simulation,
  from: SimulatedMachine,
  to: SimulatedMachine,
): Promise<[Connection, Connection]> {
  const accepted: Connection[] = []
  const options = { host: '0.0.0.0', port: 1234 }
  await simulation.runUntil(to.env.network.listen(options, (connection) => accepted.push(connection)))
  const near = await simulation.runUntil(from.env.network.connect({ host: to.name, port: 1234 }))
  return [near, accepted[0] as Connection]
}

test('a seed always gives the same history, and another seed another', async () => {
  const [first, again, other] = [await history(1), await history(1), await history(2)]
  assert.equal(first, again)
  assert.notEqual(first, other)
})

test('hours pass at once', async () => {
  const simulation = new Simulation({ seed: 1 })
  let count = 0
  const { timers } = simulation.machine('one').env
  const tick = (): void => {
    count++
    timers.after(60_000, tick)
  }
  tick()
  await simulation.run(24 * 3_600_000)
  assert.equal(count, 24 * 60 + 1)
  assert.equal(simulation.now, 24 * 3_600_000)
})

test('the callbacks of a process that was killed never run, and its connections are closed for it', async () => {
  const simulation = new Simulation({ seed: 3 })
  const [one, two] = [simulation.machine('one'), simulation.machine('two')]
  const [near, far] = await connected(simulation, one, two)
  const calls: string[] = []
  near.handle({ onData: () => calls.push('data'), onClose: () => calls.push('near closes') })
  far.handle({ onData: () => {}, onClose: () => calls.push('far closes') })
  one.env.timers.after(1, () => calls.push('timer'))
  one.env.timers.endOfTurn(() => calls.push('end of turn'))
  far.write([Buffer.from('x')])
  one.crashProcess()
  near.write([Buffer.from('from the dead')])
  await simulation.run(1000)
  assert.deepEqual(calls, ['far closes'])
  assert.throws(() => one.env, { name: 'SimulationError', code: 'MISUSED' })
})

test('after a power failure the other side hears nothing until it sends and the machine is back', async () => {
  const simulation = new Simulation({ seed: 4 })
  const [one, two] = [simulation.machine('one'), simulation.machine('two')]
  const [near, far] = await connected(simulation, one, two)
  far.handle({ onData: () => {}, onClose: () => {} })
  const closed: (Error | undefined)[] = []
  near.handle({ onData: () => {}, onClose: (error) => closed.push(error) })
  two.powerOff()
  await simulation.run(3000)
  two.restart()
  await simulation.run(60_000)
  assert.equal(closed.length, 0)
  near.write([Buffer.from('anybody there?')])
  await simulation.run(1000)
  assert.equal((closed[0] as NetworkError).code, 'CONNECTION_RESET')
})

test('a partition delays what is sent; a long one ends the connection', async () => {
  const simulation = new Simulation({ seed: 5 })
  const [one, two] = [simulation.machine('one'), simulation.machine('two')]
  const [near, far] = await connected(simulation, one, two)
  let received = ''
  const closed: (Error | undefined)[] = []
  far.handle({ onData: (chunk) => (received += chunk.toString()), onClose: () => {} })
  near.handle({ onData: () => {}, onClose: (error) => closed.push(error) })
  simulation.network.partition([one], [two])
  near.write([Buffer.from('a')])
  await simulation.run(2000)
  near.write([Buffer.from('b')])
  assert.equal(received, '')
  simulation.network.heal()
  await simulation.run(2000)
  assert.equal(received, 'ab')
  simulation.network.partition([one], [two])
  near.write([Buffer.from('c')])
  await simulation.run(60_000)
  assert.equal((closed[0] as NetworkError).code, 'TIMED_OUT')
  assert.equal(received, 'ab')
  await assert.rejects(simulation.runUntil(one.env.network.connect({ host: 'two', port: 1234, timeoutMs: 5000 })), {
    code: 'TIMED_OUT',
  })
})

test('killing a process keeps what it wrote; a power failure keeps what was synced, and of the rest any sectors', async () => {
  const kept = new Set<string>()
  for (let seed = 0; seed < 40; seed++) {
    const simulation = new Simulation({ seed })
    const machine = simulation.machine('one')
    const { disk } = machine.env
    disk.makeDirectorySync('/d')
    const file = disk.openSync('/d/file', 'create')
    disk.syncDirectorySync('/')
    disk.syncDirectorySync('/d')
    file.writeSync([Buffer.alloc(1024, 'a')], 0)
    await simulation.runUntil(file.sync())
    file.writeSync([Buffer.alloc(1024, 'b')], 512)
    disk.openSync('/d/new', 'create').closeSync()
    const afterKill = machine.restart().disk
    assert.equal(afterKill.readFileSync('/d/file').toString(), 'a'.repeat(512) + 'b'.repeat(1024))
    assert.deepEqual(afterKill.listSync('/d'), ['file', 'new'])
    machine.powerOff()
    const afterLoss = machine.restart().disk
    const content = afterLoss.readFileSync('/d/file').toString()
    assert.match(content, /^a{512}(a{512}|b{512})(b{512}|\0{512})?$/)
    kept.add(`${content.length} ${content[512]} ${content[1024]} ${afterLoss.statusSync('/d/new')?.kind}`)
  }
  // All or nothing, torn in between, and with or without the new name.
  assert.ok(kept.size >= 6, [...kept].join('; '))
})

test('what was synced is kept although older and newer syncs were under way', async () => {
  const simulation = new Simulation({ seed: 6 })
  const machine = simulation.machine('one')
  const { disk } = machine.env
  const file = disk.openSync('/file', 'create')
  disk.syncDirectorySync('/')
  file.writeSync([Buffer.from('one')], 0)
  const first = file.sync()
  file.writeSync([Buffer.from('two')], 3)
  file.syncSync()
  await simulation.runUntil(first)
  machine.powerOff()
  assert.equal(machine.restart().disk.readFileSync('/file').toString(), 'onetwo')
})

test('a rename is one step, also in a crash, and an atomic write is never seen half done', () => {
  const seen = new Set<string>()
  for (let seed = 0; seed < 60; seed++) {
    const simulation = new Simulation({ seed })
    const machine = simulation.machine('one')
    machine.env.disk.writeFileAtomicSync('/file', Buffer.from('old'))
    machine.crashAtDiskOperation(seed % 7, seed % 2 === 0 ? 'power' : 'process')
    machine.env.disk.writeFileAtomicSync('/file', Buffer.from('newer'))
    seen.add(machine.restart().disk.readFileSync('/file').toString())
  }
  assert.deepEqual([...seen].toSorted(), ['newer', 'old'])
})

test('a disk fails: full, broken writes, broken syncs', async () => {
  const simulation = new Simulation({ seed: 7 })
  const machine = simulation.machine('one')
  const { disk } = machine.env
  const file = disk.openSync('/file', 'create')
  machine.disk.capacityBytes = 8192
  assert.throws(() => file.writeSync([Buffer.alloc(10_000, 'x')], 0), { name: 'DiskError', code: 'NO_SPACE' })
  assert.equal(file.sizeBytes(), 8192)
  assert.equal(disk.freeBytesSync('/'), 0)
  machine.disk.capacityBytes = Number.POSITIVE_INFINITY
  machine.disk.writesToFail = 1
  assert.throws(() => file.writeSync([Buffer.from('y')], 0), { code: 'IO' })
  machine.disk.syncsToFail = 1
  await assert.rejects(simulation.runUntil(file.sync()), { code: 'IO' })
  await simulation.runUntil(file.sync())
})

test('a slow disk and a pause hold a process up, not the others', async () => {
  const simulation = new Simulation({ seed: 8 })
  const [one, two] = [simulation.machine('one'), simulation.machine('two')]
  const times: number[] = []
  for (const machine of [one, two]) machine.env.timers.after(10, () => times.push(simulation.now))
  one.pause(5000)
  one.disk.slowdown = 100
  await simulation.runUntil(one.env.disk.openSync('/file', 'create').sync())
  assert.deepEqual(times.map(Math.round), [10, 5000])
})

test('what code under simulation throws fails the simulation with its seed and time', async () => {
  const thrown = new Simulation({ seed: 'abc' })
  thrown.machine('one').env.timers.after(5, () => {
    throw new Error('a defect')
  })
  await assert.rejects(thrown.run(10), { code: 'CALLBACK_FAILED', message: /^seed abc, at 5\.000 ms: Error: a defect/ })
  const stuck = new Simulation({ seed: 1 })
  await assert.rejects(stuck.runUntil(new Promise(() => {})), { code: 'NOTHING_LEFT' })
})
