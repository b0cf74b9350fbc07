// What every client library is put through, whatever its language.
import assert from 'node:assert/strict'
import type { DriverCommand, SeenRecord } from './client-driver.ts'
import { ClientDriver } from './client-driver.ts'
import type { JudgeContext } from './judge.ts'
import { pause, pollUntil } from './poll-until.ts'
import { recordValue, sha256 } from './record-value.ts'
import { startTarget } from './target.ts'
import type { Target } from './target.ts'

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

export async function judgeClient(context: JudgeContext, command: DriverCommand): Promise<void> {
  const target = await startTarget(context.target)
  const driver = new ClientDriver(command)
  try {
    context.report.note(`${await driver.connect(target.bootstrap)} on ${target.kind}, ${target.bootstrap}`)
    await new ClientScenario(context, target, driver).run()
  } finally {
    driver.close()
    await target.stop()
    target.remove()
  }
}

class ClientScenario {
  readonly #context: JudgeContext
  readonly #target: Target
  readonly #driver: ClientDriver

  constructor(context: JudgeContext, target: Target, driver: ClientDriver) {
    this.#context = context
    this.#target = target
    this.#driver = driver
  }

  async run(): Promise<void> {
    const { report } = this.#context
    await report.check('creates a topic', () => this.#createsTopic())
    for (const codec of codecs) {
      await report.check(`${codec}: keys, values, headers and times arrive as sent`, () => this.#codec(codec))
    }
    await report.check('records of 1 MB', () => this.#largeRecords())
    await report.check('an idempotent producer: every record once, in order', () => this.#idempotent())
    await report.check('reads from a time', () => this.#fromTime())
    await report.check('a group of three rebalances while records are produced', () => this.#rebalance())
    await report.check('what was committed is not read again after a restart', () =>
      this.#resume('resume-restart', () => this.#target.restart()),
    )
    await report.check('what was committed is not read again after kill -9', () =>
      this.#resume('resume-crash', async () => {
        await this.#target.crash()
        await this.#target.start()
      }),
    )
    await report.check('kill -9 while producing: nothing acknowledged is lost, nothing is there twice', () =>
      this.#crash(),
    )
    await report.check('a restart while producing: nothing acknowledged is lost, nothing is there twice', () =>
      this.#produceThrough('through-restart', () => this.#target.restart()),
    )
    await report.check('deletes a topic', () => this.#deletesTopic())
  }

  async #createsTopic(): Promise<void> {
    await this.#driver.createTopic('created', 3)
    await pollUntil('the topic is listed', 10_000, async () =>
      (await this.#driver.topics()).includes('created') ? true : undefined,
    )
    await assert.rejects(this.#driver.createTopic('created', 3), /exist/i)
  }

  async #codec(codec: string): Promise<void> {
    const topic = `codec-${codec}`
    const timestampMs = 1_700_000_000_000
    const count = 200
    await this.#driver.createTopic(topic, 2)
    const produced = await this.#driver.produce({
      topic,
      prefix: codec,
      count,
      valueBytes: 300,
      codec,
      idempotent: false,
      timestampMs,
    })
    const seen = await this.#driver.consume(topic)
    const byKey = new Map(seen.map((record) => [record.key, record]))
    assert.equal(seen.length, count)
    for (const [index, where] of produced.entries()) {
      assert.deepEqual(byKey.get(`${codec}-${index}`), {
        ...where,
        key: `${codec}-${index}`,
        sizeBytes: 300,
        sha256: sha256(recordValue(codec, index, 300)),
        headers: { n: String(index), language: 'ünï' },
        timestampMs: timestampMs + index,
      })
    }
  }

  async #largeRecords(): Promise<void> {
    await this.#driver.createTopic('large', 1)
    const valueBytes = 1_000_000
    const options = { topic: 'large', prefix: 'large', count: 5, valueBytes, codec: 'none', idempotent: true }
    await this.#driver.produce(options)
    const seen = await this.#driver.consume('large')
    assert.deepEqual(
      seen.map((record) => record.sha256),
      [0, 1, 2, 3, 4].map((index) => sha256(recordValue('large', index, valueBytes))),
    )
  }

  async #idempotent(): Promise<void> {
    await this.#driver.createTopic('idempotent', 1)
    const options = { topic: 'idempotent', prefix: 'i', count: 5000, valueBytes: 100, codec: 'none', idempotent: true }
    const produced = await this.#driver.produce(options)
    assert.deepEqual(
      produced.map(({ offset }) => offset),
      Array.from({ length: 5000 }, (_, index) => index),
    )
    assert.deepEqual(keysOf(await this.#driver.consume('idempotent')), names('i', 5000))
  }

  async #fromTime(): Promise<void> {
    await this.#driver.createTopic('times', 1)
    const timestampMs = 1_600_000_000_000
    for (const part of [0, 1, 2]) {
      await this.#driver.produce({
        topic: 'times',
        prefix: `part${part}`,
        count: 100,
        valueBytes: 50,
        codec: 'none',
        idempotent: true,
        timestampMs: timestampMs + part * 1000,
      })
    }
    const seen = await this.#driver.consumeFromTime('times', timestampMs + 1050)
    assert.deepEqual(keysOf(seen), [...names('part1', 100).slice(50), ...names('part2', 100)])
    const between = await this.#driver.consumeFromTime('times', timestampMs + 500)
    assert.equal(between[0]?.offset, 100)
    assert.equal(between.length, 200)
  }

  async #rebalance(): Promise<void> {
    const driver = this.#driver
    await driver.createTopic('group', 6)
    const shares = (members: readonly string[], expected: readonly number[]): Promise<true> =>
      pollUntil(`${members.join(', ')} share the partitions ${expected.join(':')}`, 60_000, async () => {
        const states = await Promise.all(members.map((member) => driver.memberState(member)))
        const assigned = states.map((state) => state.assigned).sort((a, b) => a - b)
        return assigned.join() === expected.join() ? true : undefined
      })
    await driver.memberStart('one', 'three', 'group')
    await shares(['one'], [6])
    await driver.producerStart({ topic: 'group', prefix: 'g', valueBytes: 100, perSecond: 300 })
    await driver.memberStart('two', 'three', 'group')
    await driver.memberStart('three', 'three', 'group')
    await shares(['one', 'two', 'three'], [2, 2, 2])
    await pause(1000)
    const received = [...(await driver.memberStop('one'))]
    await shares(['two', 'three'], [3, 3])
    await pause(500)
    const { acknowledged, failed } = await driver.producerStop()
    assert.deepEqual(failed, [])
    assert.ok(acknowledged.length > 300, `only ${acknowledged.length} records were produced`)
    await pollUntil('the members have read everything', 30_000, async () => {
      const states = await Promise.all(['two', 'three'].map((member) => driver.memberState(member)))
      const rest = states.reduce((sum, state) => sum + state.received, 0)
      return received.length + rest >= acknowledged.length ? true : undefined
    })
    await pause(300)
    received.push(...(await driver.memberStop('two')), ...(await driver.memberStop('three')))
    const keys = new Set(received.map(([, , key]) => key))
    assert.deepEqual([...keys].sort(), acknowledged.map((index) => `g-${index}`).sort())
    this.#context.report.note(`${acknowledged.length} records, ${received.length - keys.size} read twice by the group`)
  }

  async #resume(name: string, interrupt: () => Promise<void>): Promise<void> {
    const driver = this.#driver
    const receivedAll = (member: string, count: number): Promise<boolean> =>
      pollUntil<boolean>(`${member} has received ${count}`, 60_000, async () => {
        const { assigned, received } = await driver.memberState(member)
        if (received >= count) return true
        throw new Error(`it is assigned ${assigned} partitions and has received ${received}`)
      })
    await driver.createTopic(name, 2)
    const batch = { topic: name, count: 100, valueBytes: 50, codec: 'none', idempotent: true }
    await driver.produce({ ...batch, prefix: 'before' })
    await driver.memberStart('first', name, name)
    await receivedAll('first', 100)
    await driver.memberStop('first')
    await driver.produce({ ...batch, prefix: 'after' })
    await interrupt()
    await driver.memberStart('second', name, name)
    await receivedAll('second', 100)
    await pause(500)
    const keys = (await driver.memberStop('second')).map(([, , key]) => key)
    assert.deepEqual(keys.sort(), names('after', 100).sort())
    assert.equal((await driver.consume(name)).length, 200)
  }

  async #crash(): Promise<void> {
    await this.#produceThrough('through-crash', async () => {
      await this.#target.crash()
      await pause(300)
      await this.#target.start()
    })
  }

  async #produceThrough(topic: string, interrupt: () => Promise<void>): Promise<void> {
    const driver = this.#driver
    await driver.createTopic(topic, 2)
    await driver.producerStart({ topic, prefix: 'p', valueBytes: 200, perSecond: 500 })
    await pause(1500)
    await interrupt()
    await pause(2000)
    const { acknowledged, failed } = await driver.producerStop()
    const seen = await driver.consume(topic)
    const keys = keysOf(seen)
    const twice = keys.filter((key, index) => keys.indexOf(key) !== index)
    assert.deepEqual(twice, [], 'records are there twice')
    const there = new Set(keys)
    const lost = acknowledged.filter((index) => !there.has(`p-${index}`))
    assert.deepEqual(lost, [], 'acknowledged records are lost')
    for (const partition of [0, 1]) assertAscending(seen.filter((record) => record.partition === partition))
    this.#context.report.note(`${acknowledged.length} acknowledged, ${failed.length} given up by the client`)
    assert.ok(acknowledged.length > 1000, `only ${acknowledged.length} records were acknowledged`)
  }

  async #deletesTopic(): Promise<void> {
    await this.#driver.deleteTopic('created')
    await pollUntil('the topic is gone', 30_000, async () =>
      (await this.#driver.topics()).includes('created') ? undefined : true,
    )
  }
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`)
}

function keysOf(records: readonly SeenRecord[]): string[] {
  return records.map((record) => record.key)
}

function assertAscending(records: readonly SeenRecord[]): void {
  const numbers = records.map(({ key }) => Number(key.slice(2)))
  assert.deepEqual(
    numbers,
    [...numbers].sort((a, b) => a - b),
    'records of one partition are out of order',
  )
}
