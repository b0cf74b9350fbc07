// What happens to the disk: a file system that is full, a directory that vanishes, no file handles left.
import assert from 'node:assert/strict'
import { mkdirSync, renameSync } from 'node:fs'
import path from 'node:path'
import { pollUntil } from '../lib/poll-until.ts'
import type { Report } from '../lib/report.ts'
import { mustRun, runCommand } from '../lib/run-command.ts'
import { Checker } from './checker.ts'
import { judgeMoves } from './moved-directory.ts'
import { judgeUnwritableDirectory } from './unwritable-directory.ts'
import { smallBytes, World } from './world.ts'

/** Four topics of one partition: two in each of the directories. */
const topics = ['north', 'east', 'south', 'west']

export async function judgeDirectoryFaults(report: Report, program: string): Promise<void> {
  await fullDisk(report, program)
  await lastDirectoryFull(report, program)
  await vanishedDirectory(report, program)
  await judgeUnwritableDirectory(report, program)
  await judgeMoves(report, program)
  await fewHandles(report, program)
}

async function fullDisk(report: Report, program: string): Promise<void> {
  const world = new World()
  if (!(await world.mountSmall())) {
    report.note('this user may not mount a small file system: what happens when one is full is not judged')
    return
  }
  await world.start([world.first, world.second])
  const checker = new Checker(program, {
    bootstrap: world.bootstrap,
    topics,
    partitions: 1,
    valueBytes: 20_000,
    giveUp: '3s',
  })
  try {
    await report.check('a full log directory is named in the log, and only it goes offline', async () => {
      await world.daemon.waitForOutput(/log directory failed and is offline.*no space left/, 60_000)
      assert.ok(world.daemon.isAlive)
      await checker.moves(200, 30_000, world.topicIn(world.first, topics))
    })
    await report.check('after a start with space again all that was acknowledged is there', async () => {
      await pollUntil('records for the full directory fail', 30_000, () =>
        checker.progress.failed > 0 ? true : undefined,
      )
      await world.daemon.stop()
      await mustRun('mount', ['-o', `remount,size=${smallBytes * 4}`, path.dirname(world.second)])
      await world.start([world.first, world.second])
      const { complaints } = await checker.verdict()
      assert.deepEqual(complaints, [])
    })
  } finally {
    checker.kill()
    await world.end()
  }
}

async function lastDirectoryFull(report: Report, program: string): Promise<void> {
  const world = new World()
  if (!(await world.mountSmall())) return
  await world.start([world.second])
  const checker = new Checker(program, { bootstrap: world.bootstrap, valueBytes: 20_000, giveUp: '3s' })
  try {
    await report.check('when the last log directory is full the process says so and ends', async () => {
      await world.daemon.waitForOutput(/All log directories have failed/, 60_000)
      await pollUntil('the process ends', 30_000, () => (world.daemon.isAlive ? undefined : true))
    })
  } finally {
    checker.kill()
    await world.end()
  }
}

async function vanishedDirectory(report: Report, program: string): Promise<void> {
  const world = new World()
  mkdirSync(path.dirname(world.second), { recursive: true })
  await world.start([world.first, world.second])
  const checker = new Checker(program, { bootstrap: world.bootstrap, topics, partitions: 1, giveUp: '3s' })
  try {
    await report.check('a log directory that vanishes goes offline; the other one serves', async () => {
      await checker.moves(500, 60_000)
      renameSync(world.second, `${world.second}-elsewhere`)
      await world.daemon.waitForOutput(/log directory failed and is offline/, 30_000)
      await checker.moves(500, 30_000, world.topicIn(world.first, topics))
      assert.ok(world.daemon.isAlive)
    })
    await report.check(
      'the controller hears of it: what is in the directory has no leader, a new topic is made elsewhere',
      async () => {
        const lost = topics.filter((topic) => topic !== world.topicIn(world.first, topics) && !world.holds(topic))
        assert.ok(lost.length > 0)
        for (const topic of lost) {
          await pollUntil(`${topic} has no leader`, 30_000, async () =>
            (await leaderOf(world.bootstrap, topic)) === -1 ? true : undefined,
          )
        }
        await mustRun('kcat', ['-b', world.bootstrap, '-P', '-t', 'later'], { input: 'a record\n' })
        assert.ok(world.holds('later'))
        await world.daemon.crash()
        renameSync(`${world.second}-elsewhere`, world.second)
        await world.start([world.first, world.second])
        const { complaints } = await checker.verdict()
        assert.deepEqual(complaints, [])
      },
    )
  } finally {
    checker.kill()
    await world.end()
  }
}

/** By kcat; -1 for none. */
async function leaderOf(bootstrap: string, topic: string): Promise<number> {
  const { stdout } = await runCommand('kcat', ['-b', bootstrap, '-L', '-J', '-t', topic])
  const found = JSON.parse(stdout) as { topics: { partitions: { leader: number }[] }[] }
  return found.topics[0]?.partitions[0]?.leader ?? -1
}

async function fewHandles(report: Report, program: string): Promise<void> {
  const world = new World()
  await world.start([world.first], ['bash', '-c', 'ulimit -n 150; exec "$@"', 'bash'])
  const checker = new Checker(program, { bootstrap: world.bootstrap, topics: ['wide'], partitions: 400 })
  try {
    await report.check('400 partitions are served with 150 file handles', async () => {
      await checker.moves(4000, 120_000)
      const { acknowledged, complaints } = await checker.verdict()
      assert.deepEqual(complaints, [])
      assert.ok(acknowledged >= 4000 && world.daemon.isAlive)
    })
  } finally {
    checker.kill()
    await world.end()
  }
}
