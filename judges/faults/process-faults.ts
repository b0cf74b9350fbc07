// What happens to the process: kill -9 at random moments, and SIGSTOP.
import assert from 'node:assert/strict'
import type { TargetKind } from '../lib/judge.ts'
import { pause } from '../lib/poll-until.ts'
import type { Report } from '../lib/report.ts'
import { startTarget } from '../lib/target.ts'
import { Checker } from './checker.ts'

/** Longer than the session of the broker with ZooKeeper. */
const standstillMs = 8000
const betweenKillsMsMax = 800

/** Small segments, so that kills fall into rolls, too; retention and checkpoints often. */
const properties = {
  'log.segment.bytes': '1048576',
  'log.flush.offset.checkpoint.interval.ms': '500',
  'replica.high.watermark.checkpoint.interval.ms': '300',
  'log.initial.task.delay.ms': '100',
}

export async function judgeProcessFaults(
  report: Report,
  kind: TargetKind,
  program: string,
  rounds: number,
): Promise<void> {
  const target = await startTarget(kind, properties)
  const checker = new Checker(program, { bootstrap: target.bootstrap })
  try {
    await report.check(`serves again after each of ${rounds} kill -9 at random moments under load`, async () => {
      await checker.moves(500, 60_000)
      for (let round = 0; round < rounds; round++) {
        await pause(Math.random() * betweenKillsMsMax)
        await target.crash()
        await target.start()
        await checker.moves(200, 60_000)
      }
    })
    await report.check('goes on after it stood still for longer than its session with ZooKeeper lasts', async () => {
      target.process.kill('SIGSTOP')
      await pause(standstillMs)
      target.process.kill('SIGCONT')
      await checker.moves(500, 60_000)
    })
    await report.check('every acknowledged record is at its offset, once, and there is no gap', async () => {
      const { acknowledged, read, complaints } = await checker.verdict()
      assert.deepEqual(complaints, [])
      assert.ok(acknowledged >= 500 + 200 * rounds && read >= acknowledged)
      report.note(`${acknowledged} records were acknowledged, ${read} are there`)
    })
  } finally {
    checker.kill()
    await target.stop()
    target.remove()
  }
}
