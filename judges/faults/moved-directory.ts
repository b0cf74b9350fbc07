// A partition moves from one log directory to another under load, and the process is killed on its way. Our admin asks for it; Kafka's own tool says where it is.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createAdmin } from '@odradek/client/node'
import { ToolHost } from '../apache-tools/tool-host.ts'
import { pollUntil } from '../lib/poll-until.ts'
import type { Report } from '../lib/report.ts'
import { Checker } from './checker.ts'
import { World } from './world.ts'

const reassignCommand = 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand'
const logDirsCommand = 'org.apache.kafka.tools.LogDirsCommand'
const slowly = '200000'
const fast = '1000000000'
const kills = 5

interface Replica {
  readonly partition: string
  readonly offsetLag: number
  readonly isFuture: boolean
}

/** By directory, as kafka-log-dirs 3.9.1 describes them. */
async function describe(host: ToolHost, bootstrap: string): Promise<Map<string, Replica[]>> {
  const { stdout, stderr } = await host.run(logDirsCommand, ['--bootstrap-server', bootstrap, '--describe'], '', 60)
  const line = stdout.split('\n').find((text) => text.startsWith('{'))
  assert.ok(line !== undefined, stderr)
  const { brokers } = JSON.parse(line) as { brokers: { logDirs: { logDir: string; partitions: Replica[] }[] }[] }
  return new Map(brokers.flatMap(({ logDirs }) => logDirs.map(({ logDir, partitions }) => [logDir, partitions])))
}

export async function judgeMoves(report: Report, program: string): Promise<void> {
  const world = new World()
  await world.start([world.first, world.second])
  const checker = new Checker(program, { bootstrap: world.bootstrap, topics: ['moved'], partitions: 1 })
  const admin = createAdmin({ 'bootstrap.servers': world.bootstrap })
  const host = await ToolHost.start('kafka-3.9.1')
  const replica = { topic: 'moved', partition: 0, brokerId: 1 }
  const setRate = async (value: string): Promise<void> => {
    const name = 'replica.alter.log.dirs.io.max.bytes.per.second'
    await admin.incrementalAlterConfigs([
      { type: 'BROKER', name: '1', operations: [{ name, operation: 'SET', value }] },
    ])
  }
  try {
    let from = ''
    let to = ''
    await report.check(
      'a partition that moves slowly between log directories is shown in both by kafka-log-dirs',
      async () => {
        // As much as takes ten seconds at this rate: the tool has to see it on its way.
        await checker.moves(20_000, 60_000)
        const isInFirst = existsSync(path.join(world.first, 'moved-0'))
        from = isInFirst ? world.first : world.second
        to = isInFirst ? world.second : world.first
        await setRate(slowly)
        await admin.alterReplicaLogDirs([{ ...replica, path: to }])
        await pollUntil('a copy with something in it', 30_000, async () => {
          const [place] = await admin.describeReplicaLogDirs([replica])
          const found = await describe(host, world.bootstrap)
          const future = found.get(to)?.find(({ partition }) => partition === 'moved-0')
          const current = found.get(from)?.find(({ partition }) => partition === 'moved-0')
          assert.deepEqual([place?.currentPath, place?.futurePath], [from, to])
          assert.deepEqual([current?.isFuture, future?.isFuture], [false, true])
          return (future?.offsetLag ?? 0) > 0 ? true : undefined
        })
      },
    )
    await report.check(`it goes on after each of ${kills} kill -9, and takes over when it may be fast`, async () => {
      for (let kill = 0; kill < kills; kill++) {
        await checker.moves(300, 60_000)
        await world.daemon.crash()
        await world.start([world.first, world.second])
      }
      await checker.moves(300, 60_000)
      await setRate(fast)
      await pollUntil('the partition is where it was to be', 60_000, async () => {
        const [place] = await admin.describeReplicaLogDirs([replica])
        return place?.currentPath === to && place.futurePath === undefined ? true : undefined
      })
      await checker.moves(300, 60_000)
      assert.ok(existsSync(path.join(to, 'moved-0')))
      assert.deepEqual(
        readdirSync(from).filter((name) => name === 'moved-0' || name.endsWith('-future')),
        [],
      )
    })
    await report.check('kafka-reassign-partitions moves it back, and says when it is there', async () => {
      const file = path.join(world.folder, 'back.json')
      const partitions = [{ topic: 'moved', partition: 0, replicas: [1], log_dirs: [from] }]
      writeFileSync(file, JSON.stringify({ version: 1, partitions }))
      const reassign = async (...args: string[]): Promise<string> => {
        const all = ['--bootstrap-server', world.bootstrap, '--reassignment-json-file', file, ...args]
        const { stdout, stderr } = await host.run(reassignCommand, all, '', 60)
        return `${stdout}${stderr}`
      }
      const executed = await reassign('--execute', '--replica-alter-log-dirs-throttle', slowly)
      assert.ok(executed.includes(`Successfully started moving log directory to ${from} for replica moved-0`), executed)
      assert.match(await reassign('--verify', '--preserve-throttles'), /replica moved-0-1 is still in progress/)
      await setRate(fast)
      await pollUntil('the tool finds it moved', 60_000, async () => {
        return (await reassign('--verify')).includes('replica moved-0-1 completed successfully') ? true : undefined
      })
      const [place] = await admin.describeReplicaLogDirs([replica])
      assert.deepEqual([place?.currentPath, place?.futurePath], [from, undefined])
      await checker.moves(300, 60_000)
      ;[from, to] = [to, from]
    })
    await report.check(
      'killed at random while it moves to and fro, nothing acknowledged is lost or doubled',
      async () => {
        for (let round = 0; round < kills * 2; round++) {
          await admin.alterReplicaLogDirs([{ ...replica, path: round % 2 === 0 ? from : to }])
          await checker.moves(Math.floor(Math.random() * 200), 60_000)
          await world.daemon.crash()
          await world.start([world.first, world.second])
          await checker.moves(50, 60_000)
        }
        const { complaints, acknowledged } = await checker.verdict()
        assert.deepEqual(complaints, [])
        report.note(`${acknowledged} records were acknowledged`)
      },
    )
  } finally {
    host.close()
    checker.kill()
    admin.close()
    await world.end()
  }
}
