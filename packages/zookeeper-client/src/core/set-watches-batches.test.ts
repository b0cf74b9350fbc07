import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setWatchesBatches } from './set-watches-batches.ts'
import type { WatchPath } from './watch-registry.ts'

const kinds = ['data', 'exist', 'children'] as const

test('no watches, no packet', () => {
  assert.deepEqual([...setWatchesBatches([], 5n)], [])
})

test('all watches are in some packet, once, and no packet is larger than allowed', () => {
  const paths = Array.from({ length: 100 }, (_, index): WatchPath => {
    return { kind: kinds[index % 3] as WatchPath['kind'], path: `/path-${index}` }
  })
  const batches = [...setWatchesBatches(paths, 5n, 200)]
  const told = batches.flatMap(({ dataWatches, existWatches, childWatches }) => [
    ...(dataWatches ?? []),
    ...(existWatches ?? []),
    ...(childWatches ?? []),
  ])
  assert.deepEqual(new Set(told), new Set(paths.map(({ path }) => path)))
  assert.equal(told.length, 100)
  assert.ok(batches.length > 5)
  for (const batch of batches) {
    const sizeBytes = [batch.dataWatches, batch.existWatches, batch.childWatches]
      .flatMap((list) => list ?? [])
      .reduce((sum, path) => sum + 4 + Buffer.byteLength(path ?? ''), 0)
    assert.ok(sizeBytes <= 200)
    assert.equal(batch.relativeZxid, 5n)
  }
})

test('a path that is larger than a packet should be still goes out', () => {
  const path = `/${'x'.repeat(300)}`
  const batches = [
    ...setWatchesBatches(
      [
        { kind: 'data', path: '/a' },
        { kind: 'data', path },
      ],
      1n,
      200,
    ),
  ]
  assert.deepEqual(
    batches.map((batch) => batch.dataWatches),
    [['/a'], [path]],
  )
})
