// What a log keeps and gives up, on the real process: a segment of 2 GiB and more (Apache's: nearly), written, read, found by time, recovered after `kill -9`, deleted; rolls by size
// and time, retention by size and time.
import assert from 'node:assert/strict'
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { createNodeEnv } from '@odradek/env-node'
import type { JudgeContext } from '../lib/judge.ts'
import { pollUntil } from '../lib/poll-until.ts'
import { startTarget } from '../lib/target.ts'
import { LogClient } from './log-client.ts'

const mebibyte = 1024 * 1024
/** The largest that `segment.bytes` can be at Apache's; ours goes on. */
const segmentBytesMax = { apache: 2 ** 31 - 1, odradek: 2 ** 31 + 20 * mebibyte }
const valueBytes = 10 * mebibyte
const largeCount = 210
/** Record n has the timestamp n times this, from the beginning of 2024. */
const stepMs = 1000
const originMs = 1_704_067_200_000

const properties = {
  'message.max.bytes': String(11 * mebibyte),
  'socket.request.max.bytes': String(20 * mebibyte),
  'log.retention.check.interval.ms': '500',
  'log.segment.delete.delay.ms': '500',
  'log.initial.task.delay.ms': '100',
}

export async function judge({ report, target: kind }: JudgeContext): Promise<void> {
  const target = await startTarget(kind, properties)
  const env = createNodeEnv({ log: { level: 'error' } })
  let client = await LogClient.connect(env, target.bootstrap)
  const segmentsOf = (topic: string): { name: string; sizeBytes: number }[] => {
    const folder = path.join(target.logDir, `${topic}-0`)
    const names = readdirSync(folder).filter((name) => name.endsWith('.log'))
    return names.sort().map((name) => ({ name, sizeBytes: statSync(path.join(folder, name)).size }))
  }
  const mustHave = async (offset: number): Promise<void> => {
    const record = await client.recordAt('large', offset, valueBytes + mebibyte)
    assert.deepEqual([record.offset, record.valueBytes, record.number], [offset, valueBytes, offset])
    assert.equal(await client.offsetAt('large', originMs + offset * stepMs), offset)
  }
  let second = 0
  const mustHaveAll = async (): Promise<void> => {
    for (const offset of [0, 100, second - 1, second, largeCount - 1]) await mustHave(offset)
  }
  try {
    await report.check('a segment of 2 GiB is read to its end and found by time', async () => {
      const segmentBytes = segmentBytesMax[kind]
      const configs = { 'segment.bytes': String(segmentBytes), 'retention.ms': '-1', 'file.delete.delay.ms': '500' }
      await client.createTopic('large', configs)
      for (let number = 0; number < largeCount; number++) {
        await client.produce('large', { number, valueBytes, timestampMs: originMs + number * stepMs })
      }
      const segments = segmentsOf('large')
      assert.equal(segments.length, 2)
      const [first] = segments
      const firstBytes = first?.sizeBytes ?? 0
      assert.ok(firstBytes > segmentBytes - 2 * valueBytes && firstBytes <= segmentBytes, `${firstBytes} bytes`)
      second = Number(segments[1]?.name.slice(0, 20))
      await mustHaveAll()
    })
    await report.check('it is recovered after kill -9, and what there was to do is said', async () => {
      client.close()
      await target.crash()
      await target.start()
      client = await LogClient.connect(env, target.bootstrap)
      await pollUntil('the partition is served', 30_000, async () => {
        return (await client.endOffset('large')) === largeCount ? true : undefined
      })
      await mustHaveAll()
      if (kind !== 'odradek') return
      const loaded = /loaded logs.*hadCleanShutdown=false.*recoveredBytes=(\d+)/.exec(target.process.output)
      assert.ok(Number(loaded?.[1]) >= 0, target.process.output)
      report.note(`${loaded?.[1]} bytes were walked`)
    })
    await report.check('DeleteRecords gives its files up', async () => {
      assert.equal(await client.deleteRecords('large', second), second)
      await pollUntil('the segment is deleted', 30_000, () => (segmentsOf('large').length === 1 ? true : undefined))
      assert.equal(await client.startOffset('large'), second)
      await mustHave(second)
    })
    await report.check('retention by size keeps the newest segments, as many as it takes', async () => {
      const retentionBytes = 5 * mebibyte
      const segmentBytes = mebibyte
      await client.createTopic('sized', { 'segment.bytes': String(segmentBytes), 'file.delete.delay.ms': '500' })
      const count = 200
      const size = 100 * 1024
      for (let number = 0; number < count; number++) await client.produce('sized', { number, valueBytes: size })
      const perSegment = Math.floor(segmentBytes / size)
      assert.ok(segmentsOf('sized').length >= count / perSegment)
      await client.setTopicConfig('sized', 'retention.bytes', String(retentionBytes))
      const total = (): number => segmentsOf('sized').reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      await pollUntil('the log is small', 30_000, () => (total() < retentionBytes + segmentBytes ? true : undefined))
      assert.ok(total() >= retentionBytes, `${total()} bytes are left`)
      const start = await client.startOffset('sized')
      assert.equal(start, Number(segmentsOf('sized')[0]?.name.slice(0, 20)))
      assert.equal((await client.recordAt('sized', start, mebibyte)).number, start)
      assert.equal(await client.endOffset('sized'), count)
    })
    await report.check(
      'segment.ms rolls, and retention by time gives up what is old, the last segment too',
      async () => {
        await client.createTopic('timed', { 'segment.ms': '500', 'file.delete.delay.ms': '500' })
        await pollUntil('four segments', 30_000, async () => {
          await client.produce('timed', { number: 0, valueBytes: 100 })
          return segmentsOf('timed').length >= 4 ? true : undefined
        })
        const end = await client.endOffset('timed')
        assert.equal(await client.startOffset('timed'), 0)
        await client.setTopicConfig('timed', 'retention.ms', '1000')
        await pollUntil('all records are gone', 30_000, async () => {
          return (await client.startOffset('timed')) === end ? true : undefined
        })
        await client.setTopicConfig('timed', 'retention.ms', '-1')
        await client.produce('timed', { number: end, valueBytes: 100 })
        assert.equal((await client.recordAt('timed', end, mebibyte)).number, end)
      },
    )
  } finally {
    client.close()
    await target.stop()
    target.remove()
  }
}
