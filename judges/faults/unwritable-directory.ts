// A log directory that may not be written any more, under load and at a start; at a start beside Apache Kafka 3.9.1, which goes on without it as well.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { createAdmin } from '@odradek/client/node'
import type { Report } from '../lib/report.ts'
import { startTarget } from '../lib/target.ts'
import { Checker } from './checker.ts'
import { isReadOnlyMountAllowed, mountReadOnly, unmount } from './read-only-mount.ts'
import { World } from './world.ts'

/** Four topics of one partition: two in each of the directories. */
const topics = ['north', 'east', 'south', 'west']

export async function judgeUnwritableDirectory(report: Report, program: string): Promise<void> {
  if (!(await isReadOnlyMountAllowed())) {
    report.note('this user may not mount: what happens when a log directory cannot be written is not judged')
    return
  }
  await underLoad(report, program)
  await atStart(report)
}

async function underLoad(report: Report, program: string): Promise<void> {
  const world = new World()
  mkdirSync(world.second, { recursive: true })
  await world.start([world.first, world.second])
  const checker = new Checker(program, {
    bootstrap: world.bootstrap,
    topics,
    partitions: 1,
    valueBytes: 20_000,
    giveUp: '3s',
  })
  let isMounted = false
  try {
    await report.check('a log directory that cannot be written goes offline; the other one serves', async () => {
      await checker.moves(200, 60_000)
      await mountReadOnly(world.second)
      isMounted = true
      await world.daemon.waitForOutput(/log directory failed and is offline.*read-only/, 60_000)
      await checker.moves(200, 30_000, world.topicIn(world.first, topics))
      assert.ok(world.daemon.isAlive)
    })
    await report.check(
      'a broker starts without it; when it can be written again all that was acknowledged is there',
      async () => {
        await world.daemon.crash()
        await world.start([world.first, world.second])
        await checker.moves(200, 60_000, world.topicIn(world.first, topics))
        await world.daemon.stop()
        await unmount(world.second)
        isMounted = false
        await world.start([world.first, world.second])
        const { complaints } = await checker.verdict()
        assert.deepEqual(complaints, [])
      },
    )
  } finally {
    checker.kill()
    await world.end(() => (isMounted ? unmount(world.second) : undefined))
  }
}

async function atStart(report: Report): Promise<void> {
  await report.check(
    "a directory that cannot be written at the start is offline, as Apache's broker has it",
    async () => {
      const world = new World()
      const [good, bad] = [world.first, world.second]
      for (const directory of [good, bad]) mkdirSync(directory, { recursive: true })
      await mountReadOnly(bad)
      try {
        await world.start([good, bad])
        const ours = await directoriesOf(world.bootstrap, good)
        const apache = await startTarget('apache', { 'log.dirs': [`${world.folder}/apaches`, bad].join(',') })
        const apaches = await directoriesOf(apache.bootstrap, `${world.folder}/apaches`)
        await apache.stop()
        apache.remove()
        assert.deepEqual(ours, apaches)
        assert.deepEqual(ours, ['bad: KAFKA_STORAGE_ERROR, 0 partitions', 'good: serves, 2 partitions'])
      } finally {
        await world.end(() => unmount(bad))
      }
    },
  )
}

/** Makes a topic, and tells what the broker says of its directories then. */
async function directoriesOf(bootstrap: string, good: string): Promise<string[]> {
  const admin = createAdmin({ 'bootstrap.servers': bootstrap })
  try {
    await admin.createTopics([{ name: 'made', partitions: 2, replicationFactor: 1 }])
    const directories = (await admin.describeLogDirs([1])).get(1) ?? []
    return directories
      .map(({ path, error, replicas }) => {
        return `${path === good ? 'good' : 'bad'}: ${error?.code ?? 'serves'}, ${replicas.length} partitions`
      })
      .sort()
  } finally {
    admin.close()
  }
}
