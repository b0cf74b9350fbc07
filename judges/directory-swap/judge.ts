// One data directory and one ZooKeeper, opened in turn by our broker and by Apache Kafka 3.9.1, stopped in good order and killed:
// each finds everything that the other has written, and goes on.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { startApacheKafka } from '../lib/apache.ts'
import { ClientDriver } from '../lib/client-driver.ts'
import type { Daemon } from '../lib/daemon.ts'
import { dumpLog, partitionFiles } from '../lib/dump-log.ts'
import { temporaryFolder } from '../lib/folders.ts'
import { freePorts } from '../lib/free-ports.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { compiledJudges } from '../lib/java-classes.ts'
import { startOdradekBroker, startOdradekZooKeeper } from '../lib/odradek.ts'
import { pause, pollUntil } from '../lib/poll-until.ts'

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
/** The session of a broker that was killed has to end before the next one may register: session timeout and two ticks. */
const sessionMs = 7500

type Kind = 'ours' | 'apache'

export async function judge({ report, target }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('directory-swap')
  const [zookeeperPort = 0, port = 0] = await freePorts(2)
  const logDir = path.join(folder, 'logs')
  const zookeeper = await startOdradekZooKeeper(path.join(folder, 'zookeeper'), zookeeperPort)
  const bootstrap = `127.0.0.1:${port}`
  const driver = new ClientDriver({
    command: 'java',
    args: ['-Xmx256m', '-cp', await compiledJudges('clients-3.9.1'), 'Client'],
  })
  const expected: string[] = []
  let broker: Daemon | undefined
  let phase = 0

  const start = async (kind: Kind): Promise<Daemon> => {
    const options = {
      folder: path.join(folder, kind),
      port,
      zookeeper: `127.0.0.1:${zookeeperPort}`,
      logDir,
      properties: { 'log.segment.bytes': '100000' },
    }
    const isOurs = kind === 'ours' && target === 'odradek'
    const daemon = await (isOurs ? startOdradekBroker(options) : startApacheKafka(options))
    await pause(1500)
    return daemon
  }

  /** Opens the directory, checks what is there, and writes more. */
  const turn = async (kind: Kind): Promise<void> => {
    broker = await start(kind)
    if (phase === 0) await driver.connect(bootstrap)
    if (phase === 0) for (const codec of codecs) await driver.createTopic(codec, 2)
    for (const codec of codecs) await reads(codec)
    if (phase > 0) await resumes()
    phase += 1
    for (const codec of codecs) {
      const prefix = `${kind}-${phase}`
      await driver.produce({ topic: codec, prefix, count: 500, valueBytes: 200, codec, idempotent: phase % 2 === 1 })
    }
    expected.push(...Array.from({ length: 500 }, (_, index) => `${kind}-${phase}-${index}`))
    for (const codec of codecs) await reads(codec)
    await commits()
    for (const codec of codecs) {
      await driver.produce({
        topic: codec,
        prefix: `late-${phase}`,
        count: 10,
        valueBytes: 20,
        codec,
        idempotent: true,
      })
    }
    expected.push(...Array.from({ length: 10 }, (_, index) => `late-${phase}-${index}`))
  }
  const reads = async (topic: string): Promise<void> => {
    const keys = (await driver.consume(topic)).map(({ key }) => key)
    assert.deepEqual([...keys].sort(), [...expected].sort(), `what is in ${topic}`)
  }
  const received = async (count: number): Promise<string[]> => {
    await driver.memberStart('member', 'group', 'gzip')
    await pollUntil<boolean>(`the group has received ${count}`, 30_000, async () => {
      const state = await driver.memberState('member')
      if (state.received >= count) return true
      throw new Error(`it has ${state.assigned} partitions and has received ${state.received}`)
    })
    await pause(300)
    return (await driver.memberStop('member')).map(([, , key]) => key)
  }
  const commits = async (): Promise<void> => {
    const keys = await received(500)
    assert.equal(keys.length, 500)
  }
  /** What the group had committed under the other broker is not read again. */
  const resumes = async (): Promise<void> => {
    assert.deepEqual(
      (await received(10)).sort(),
      Array.from({ length: 10 }, (_, index) => `late-${phase}-${index}`).sort(),
    )
  }
  const swap = (title: string, kind: Kind, check: () => void | Promise<void> = () => {}): Promise<boolean> =>
    report.check(title, async () => {
      await turn(kind)
      await check()
      const errors = (broker?.output ?? '').split('\n').filter((line) => /^\S+ (\S+ )?(ERROR|FATAL) /.test(line))
      assert.deepEqual(errors, [])
    })
  const stop = async (): Promise<void> => {
    assert.ok([0, 143].includes((await broker?.stop()) ?? -1), 'the broker did not stop in good order')
  }
  const crash = async (): Promise<void> => {
    await broker?.crash()
    await pause(sessionMs)
  }
  const wasClean = (): void => assert.match(broker?.output ?? '', /clean shutdown file was found|hadCleanShutdown=true/)

  try {
    await swap('our broker begins', 'ours')
    await stop()
    await swap('Apache’s opens what ours has left, and needs no recovery', 'apache', wasClean)
    await stop()
    await swap('ours opens what Apache’s has left, and needs no recovery', 'ours', wasClean)
    await crash()
    await swap('Apache’s recovers what ours left when it was killed', 'apache')
    await crash()
    await swap('ours recovers what Apache’s left when it was killed', 'ours')
    await stop()
    await report.check('kafka-dump-log finds nothing wrong in the segments of both', async () => {
      for (const codec of codecs) {
        const { recordCount, complaints } = await dumpLog(partitionFiles(logDir, codec, 'log'))
        assert.deepEqual({ recordCount, complaints }, { recordCount: expected.length, complaints: [] })
      }
    })
  } finally {
    driver.close()
    await broker?.stop()
    await zookeeper.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
