import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { BufferPool } from '@odradek/base'
import { createNodeEnv } from '@odradek/env-node'
import { OffsetIndex } from '../src/core/offset-index.ts'
import { readInt64, writeInt64 } from '../src/core/batch-bytes.ts'
import { OpenFiles } from '../src/host/open-files.ts'
import { Segment } from '../src/host/segment.ts'
import { makeBatch, startMs } from './log-fixture.ts'

const { disk } = createNodeEnv()

function inTemporaryDirectory(run: (path: string) => void): void {
  const path = mkdtempSync(join(tmpdir(), 'odradek-segment-'))
  try {
    run(path)
  } finally {
    rmSync(path, { recursive: true })
  }
}

const buffers = new BufferPool()

/** A batch of `count` records at `baseOffset`. */
function batchAt(baseOffset: number, count: number): Buffer {
  const buffer = makeBatch({ count, timestampMs: startMs + baseOffset })
  writeInt64(buffer, baseOffset, 0)
  return buffer
}

function baseOffsetRead(segment: Segment, offset: number): number {
  const found = segment.read(offset, 1, true, Infinity, buffers)
  assert.ok(found !== undefined && found.chunk.length > 0)
  return readInt64(found.chunk, 0)
}

test('a segment of 6 GiB is read behind 4 GiB, where positions in the index have wrapped', () => {
  inTemporaryDirectory((path) => {
    // A sparse file: a few batches that are nearly all hole, and a small one at the end.
    const holeBytes = 1_500_000_000
    const positions = [0, 1, 2, 3].map((n) => n * holeBytes)
    const file = disk.openSync(`${path}/00000000000000000000.log`, 'write')
    const index = new OffsetIndex(0)
    for (const [n, position] of positions.entries()) {
      const header = batchAt(n * 10, 10).subarray(0, 61)
      header.writeInt32BE(holeBytes - 12, 8)
      file.writeSync([header], position)
      index.append(n * 10 + 9, position)
    }
    const last = batchAt(40, 10)
    const end = positions.length * holeBytes
    file.writeSync([last], end)
    index.append(49, end)
    file.closeSync()
    assert.ok(end > 2 ** 32)
    disk.writeFileAtomicSync(`${path}/00000000000000000000.index`, index.bytesFrom(0))
    disk.writeFileAtomicSync(`${path}/00000000000000000000.timeindex`, Buffer.alloc(0))

    const segment = new Segment(new OpenFiles(disk), { directory: path, path }, 0, end + last.length, startMs)
    assert.equal(segment.readNextOffset(), 50)
    assert.equal(segment.locate(35), 3 * holeBytes)
    assert.equal(baseOffsetRead(segment, 45), 40)
    assert.ok(segment.read(45, 10_000, true, Infinity, buffers)?.chunk.equals(last))
    const next = batchAt(50, 5)
    segment.append({ buffer: next, lastOffset: 54, maxTimestampMs: startMs, offsetOfMaxTimestamp: 54 }, 4096)
    assert.equal(baseOffsetRead(segment, 52), 50)
    segment.truncateTo(50)
    assert.equal(segment.sizeBytes, end + last.length)
    segment.closeFiles()
  })
})

test('a segment finds every offset when its stored positions wrap many times, also when it is opened again', () => {
  inTemporaryDirectory((path) => {
    const segment = new Segment(new OpenFiles(disk), { directory: path, path }, 1000, 0, startMs, 512)
    segment.create(0)
    for (let n = 0; n < 100; n++) {
      const buffer = batchAt(1000 + n * 3, 3)
      const lastOffset = 1002 + n * 3
      segment.append({ buffer, lastOffset, maxTimestampMs: startMs, offsetOfMaxTimestamp: lastOffset }, 100)
    }
    segment.seal()
    const again = new Segment(new OpenFiles(disk), { directory: path, path }, 1000, segment.sizeBytes, startMs, 512)
    for (const opened of [segment, again]) {
      for (let offset = 1000; offset < 1300; offset++) {
        assert.equal(baseOffsetRead(opened, offset), offset - ((offset - 1000) % 3))
      }
      assert.equal(opened.readNextOffset(), 1300)
    }
    segment.closeFiles()
    again.closeFiles()
  })
})

test('files are closed when too many are open, and opened again when they are used', () => {
  inTemporaryDirectory((path) => {
    const files = new OpenFiles(disk, 3)
    const segments = [0, 1, 2, 3, 4, 5].map((n) => new Segment(files, { directory: path, path }, n * 1000, 0, startMs))
    for (const segment of segments) segment.create(0)
    for (let round = 0; round < 3; round++) {
      for (const segment of segments) {
        const lastOffset = segment.baseOffset + round
        const buffer = batchAt(lastOffset, 1)
        segment.append({ buffer, lastOffset, maxTimestampMs: startMs, offsetOfMaxTimestamp: lastOffset }, 100)
        assert.ok(files.openCount <= 3)
      }
    }
    for (const segment of segments)
      assert.equal(baseOffsetRead(segment, segment.baseOffset + 2), segment.baseOffset + 2)
    for (const segment of segments) segment.closeFiles()
    assert.equal(files.openCount, 0)
  })
})
