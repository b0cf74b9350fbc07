// What happens to the disk: a file system that is full, a directory that vanishes, no file handles left.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Daemon } from '../lib/daemon.ts'
import { temporaryFolder } from '../lib/folders.ts'
import { freePorts } from '../lib/free-ports.ts'
import { startOdradekBroker, startOdradekZooKeeper } from '../lib/odradek.ts'
import { pollUntil } from '../lib/poll-until.ts'
import type { Report } from '../lib/report.ts'
import { mustRun, runCommand } from '../lib/run-command.ts'
import { Checker } from './checker.ts'

const smallBytes = 32 * 1024 * 1024

/** A broker with two log directories, the second on a small file system of its own where this user may mount one. */
class World {
  readonly folder = temporaryFolder('faults')
  readonly first = path.join(this.folder, 'first')
  readonly second = path.join(this.folder, 'small', 'second')
  #isMounted = false
  #daemon: Daemon | undefined
  #zookeeper: { readonly daemon: Daemon; readonly address: string } | undefined
  bootstrap = ''

  get daemon(): Daemon {
    if (this.#daemon === undefined) throw new Error('not started')
    return this.#daemon
  }

  /** False where it is not allowed. */
  async mountSmall(): Promise<boolean> {
    const mountPoint = path.dirname(this.second)
    mkdirSync(mountPoint, { recursive: true })
    const { status } = await runCommand('mount', ['-t', 'tmpfs', '-o', `size=${smallBytes}`, 'tmpfs', mountPoint])
    this.#isMounted = status === 0
    return this.#isMounted
  }

  async start(logDirs: readonly string[], wrapper: readonly string[] = []): Promise<void> {
    const [port = 0, zookeeperPort = 0] = await freePorts(2)
    this.#zookeeper ??= {
      daemon: await startOdradekZooKeeper(path.join(this.folder, 'zookeeper'), zookeeperPort),
      address: `127.0.0.1:${zookeeperPort}`,
    }
    if (this.bootstrap === '') this.bootstrap = `127.0.0.1:${port}`
    this.#daemon = await startOdradekBroker({
      folder: path.join(this.folder, 'broker'),
      port: Number(this.bootstrap.split(':')[1]),
      zookeeper: this.#zookeeper.address,
      logDir: logDirs.join(','),
      wrapper,
      properties: { 'replica.high.watermark.checkpoint.interval.ms': '500' },
    })
  }

  /** Which of the topics has its partition in `directory`. */
  topicIn(directory: string, topics: readonly string[]): string {
    const topic = topics.find((name) => existsSync(path.join(directory, `${name}-0`)))
    if (topic === undefined) throw new Error(`no topic has its log in ${directory}`)
    return topic
  }

  async end(): Promise<void> {
    await this.#daemon?.stop()
    await this.#zookeeper?.daemon.stop()
    if (this.#isMounted) await mustRun('umount', [path.dirname(this.second)])
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Four topics of one partition: two in each of the directories. */
const topics = ['north', 'east', 'south', 'west']

export async function judgeDirectoryFaults(report: Report, program: string): Promise<void> {
  await fullDisk(report, program)
  await lastDirectoryFull(report, program)
  await vanishedDirectory(report, program)
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
  } finally {
    checker.kill()
    await world.end()
  }
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
