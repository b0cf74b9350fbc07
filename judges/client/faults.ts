// Records go out while the broker is killed, stopped in good order and held (SIGSTOP).
import assert from 'node:assert/strict'
import { createProducer } from '@odradek/client/node'
import { pause } from '../lib/poll-until.ts'
import type { Target } from '../lib/target.ts'
import { readWithKcat } from './read-with-kcat.ts'

const holdMs = 4000
const partitionCount = 3

/** Throws when a record that was acknowledged is missing, is there twice, or has changed places within its partition. */
export async function survivesFaults(target: Target): Promise<number> {
  const topic = 'faults'
  const producer = createProducer({ 'bootstrap.servers': target.bootstrap, 'request.timeout.ms': 3000 })
  const offsets = new Map<string, string>()
  const failures: Error[] = []
  let isDone = false
  const load = (async () => {
    for (let index = 0; !isDone; index++) {
      const value = String(index)
      producer.send({ topic, partition: index % partitionCount, value }, (error, metadata) => {
        if (metadata === undefined) failures.push(error as Error)
        else offsets.set(value, `${metadata.partition}@${metadata.offset}`)
      })
      if (index % 20 === 0) await pause(10)
    }
  })()
  await pause(1000)
  await target.crash()
  await target.start()
  await pause(1500)
  target.process.kill('SIGSTOP')
  await pause(holdMs)
  target.process.kill('SIGCONT')
  await pause(1500)
  await target.restart()
  await pause(1500)
  isDone = true
  await load
  await producer.close()
  assert.deepEqual(failures.map(({ message }) => message).slice(0, 3), [])
  const records = await readWithKcat(target.bootstrap, topic)
  const seen = new Map(records.map(({ payload, partition, offset }) => [payload, `${partition}@${offset}`]))
  assert.equal(seen.size, records.length, 'a record is there twice')
  assert.equal(records.length, offsets.size)
  for (const [value, place] of offsets) assert.equal(seen.get(value), place)
  for (let partition = 0; partition < partitionCount; partition++) {
    const numbers = records.filter((record) => record.partition === partition).map(({ payload }) => Number(payload))
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
      `order within partition ${partition}`,
    )
  }
  return records.length
}
