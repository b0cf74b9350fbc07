// What happens to the clock: somebody sets it forwards and back, under load, and the process is killed meanwhile.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, temporaryFolder } from '../lib/folders.ts'
import { pause } from '../lib/poll-until.ts'
import type { Report } from '../lib/report.ts'
import { startTarget } from '../lib/target.ts'
import { Checker } from './checker.ts'

const hourMs = 3_600_000
/** From the true time. Less than what makes records old enough to be deleted. */
const offsetsMs = [hourMs, -hourMs, 3 * 24 * hourMs, -3 * 24 * hourMs, 1500, -1500, 0]

export async function judgeClockFaults(report: Report, program: string): Promise<void> {
  const file = path.join(temporaryFolder('faults-clock'), 'offset')
  const set = async (offsetMs: number): Promise<void> => {
    writeFileSync(file, String(offsetMs))
    await pause(300)
  }
  await set(0)
  const before = process.env['NODE_OPTIONS']
  process.env['ODRADEK_JUDGE_CLOCK'] = file
  process.env['NODE_OPTIONS'] =
    `--import=${pathToFileURL(path.join(root, 'judges', 'faults', 'shifted-clock.mjs')).href}`
  try {
    await judgeJumps(report, program, set)
  } finally {
    delete process.env['ODRADEK_JUDGE_CLOCK']
    if (before === undefined) delete process.env['NODE_OPTIONS']
    else process.env['NODE_OPTIONS'] = before
  }
}

async function judgeJumps(report: Report, program: string, set: (offsetMs: number) => Promise<void>): Promise<void> {
  const target = await startTarget('odradek', {
    'log.segment.bytes': '1048576',
    'log.flush.offset.checkpoint.interval.ms': '500',
    'log.flush.interval.ms': '200',
    'log.retention.check.interval.ms': '500',
    'log.initial.task.delay.ms': '100',
  })
  const checker = new Checker(program, { bootstrap: target.bootstrap })
  let slowProcess = target.process
  try {
    await report.check('serves on while its clock is set forwards and back, by seconds and by days', async () => {
      await checker.moves(500, 60_000)
      for (const offsetMs of offsetsMs) {
        await set(offsetMs)
        await checker.moves(300, 60_000)
      }
    })
    await report.check(
      'serves again after kill -9 at a time that has not come yet, and after one in the past',
      async () => {
        for (const offsetMs of [3 * 24 * hourMs, 0, -hourMs, 0]) {
          await set(offsetMs)
          await checker.moves(200, 60_000)
          await target.crash()
          await target.start()
          if (offsetMs < 0) slowProcess = target.process
          await checker.moves(200, 60_000)
        }
      },
    )
    await report.check('its log tells the time that was set', () => {
      // The process that started with a clock that was an hour slow; lines begin with the time of day.
      const said = slowProcess.output.matchAll(/^(\d\d):\d\d:\d\d\.\d{3} /gm)
      const hours = new Set([...said].map(([, hour = '']) => hour))
      const slow = new Date(Date.now() - hourMs).toTimeString().slice(0, 2)
      assert.ok(hours.has(slow), `${[...hours].join()}, not ${slow}`)
    })
    await report.check('every acknowledged record is at its offset whatever the clock said', async () => {
      const { acknowledged, read, complaints } = await checker.verdict()
      assert.deepEqual(complaints, [])
      assert.ok(acknowledged >= 4200 && read >= acknowledged)
      report.note(`${acknowledged} records were acknowledged, ${read} are there`)
    })
  } finally {
    checker.kill()
    await target.stop()
    target.remove()
  }
}
