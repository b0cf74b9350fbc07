import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import { murmur2, partitionForKey } from '../src/index.ts'
import { StickyPartition } from '../src/producer/partition/sticky-partition.ts'

test('keys have the hash that Java gives them', () => {
  // Utils.murmur2 of kafka-clients 3.9.1, of keys of 0 to 63 bytes.
  const file = new URL('fixtures/murmur2-java-3.9.1.json', import.meta.url)
  const vectors = JSON.parse(readFileSync(file, 'utf8')) as [string, number][]
  assert.equal(vectors.length, 600)
  for (const [hex, hash] of vectors) {
    const key = Buffer.from(hex, 'hex')
    assert.equal(murmur2(key), hash, hex)
    assert.equal(partitionForKey(key, 7), (hash & 0x7fff_ffff) % 7)
  }
  assert.equal(partitionForKey('ключ'.repeat(400), 1000), partitionForKey(Buffer.from('ключ'.repeat(400)), 1000))
})

test('the sticky partition moves on at the end of a batch, and rather to where less waits', () => {
  const { random } = new Simulation({ seed: 'sticky' })
  const loads = [0, 1, 2, 3].map((partition) => ({ partition, queuedBatches: partition === 0 ? 0 : 9 }))
  const counts = [0, 0, 0, 0]
  const sticky = new StickyPartition(random, 100, true)
  for (let turn = 0; turn < 1300; turn++) {
    const partition = sticky.current(
      () => true,
      () => loads,
    )
    counts[partition] = (counts[partition] as number) + 1
    assert.equal(
      sticky.current(
        () => true,
        () => loads,
      ),
      partition,
    )
    sticky.produced(100)
  }
  // Ten of thirteen tickets are those of the partition where nothing waits.
  assert.ok((counts[0] as number) > 900 && (counts[0] as number) < 1100, String(counts))
  const first = sticky.current(
    () => true,
    () => loads,
  )
  sticky.produced(150)
  assert.equal(
    sticky.current(
      () => false,
      () => loads,
    ),
    first,
    'not within a batch',
  )
})
