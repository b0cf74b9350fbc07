// What docs show is run, each snippet as a program of its own in a thread, one after the other against one broker.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Broker, parseBrokerConfig } from '@odradek/broker'
import { createNodeEnv } from '@odradek/env-node'
import { parseZooKeeperConfig, ZooKeeperServer } from '@odradek/zookeeper'

const root = path.resolve(import.meta.dirname, '..', '..', '..')

/** The snippets of a page, in their order. */
function snippetsOf(page: string): string[] {
  const text = readFileSync(path.join(root, 'docs', page), 'utf8')
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code)
}

describe('snippets of the documentation', () => {
  const env = createNodeEnv({ log: { level: 'error' } })
  let folder = ''
  let zookeeper: ZooKeeperServer
  let broker: Broker
  let bootstrap = ''
  before(async () => {
    // Inside the repository, so that packages are found from there.
    mkdirSync(path.join(root, '.cache'), { recursive: true })
    folder = mkdtempSync(path.join(root, '.cache', 'snippets-'))
    const lines = `dataDir=${folder}/zookeeper\nclientPort=0\nclientPortAddress=127.0.0.1\n`
    zookeeper = new ZooKeeperServer(env, parseZooKeeperConfig(lines))
    await zookeeper.start()
    const config = parseBrokerConfig({
      'broker.id': '1',
      listeners: 'PLAINTEXT://127.0.0.1:0',
      'log.dirs': `${folder}/kafka`,
      'zookeeper.connect': `127.0.0.1:${zookeeper.address.port}`,
      'offsets.topic.num.partitions': '1',
      'offsets.topic.replication.factor': '1',
      'group.initial.rebalance.delay.ms': '0',
    })
    broker = new Broker(env, config)
    await broker.start()
    bootstrap = `127.0.0.1:${broker.address?.port}`
  })
  after(async () => {
    await broker.shutdown()
    await zookeeper.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** What a program prints: until it ends, or until it has printed `last`, if it is one that goes on for ever. */
  async function run(code: string, last?: RegExp): Promise<string> {
    const file = path.join(folder, 'snippet.mts')
    writeFileSync(file, code.replaceAll('localhost:9092', bootstrap))
    const worker = new Worker(file, { stdout: true })
    let printed = ''
    const exited = new Promise<number>((resolve, reject) => {
      worker.once('error', reject)
      worker.once('exit', resolve)
    })
    worker.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      if (last?.test(printed)) void worker.terminate()
    })
    const exitCode = await exited
    if (last === undefined) assert.equal(exitCode, 0)
    return printed
  }

  test('client.md and consumer.md: what is sent is read', { timeout: 60_000 }, async () => {
    const [send = ''] = snippetsOf('client.md')
    assert.equal(await run(send), '')
    const [consume = ''] = snippetsOf('consumer.md')
    assert.match(await run(consume, /two apples/), /^0 two apples/)
  })

  test('client-admin.md: each says what it has done', { timeout: 60_000 }, async () => {
    const printed: string[] = []
    for (const snippet of snippetsOf('client-admin.md')) printed.push(await run(snippet))
    assert.deepEqual(printed, [
      '3 partitions\n',
      "made: [ 'letters' ]\nno topic has a name like this! INVALID_TOPIC_EXCEPTION\n",
      "[ 'cleanup.policy', 'retention.ms' ]\n",
      'delivery is at 0\n',
    ])
  })

  test('client-metrics.md: metrics are asked for; requests are logged', { timeout: 60_000 }, async () => {
    const [askFor = '', , log = ''] = snippetsOf('client-metrics.md')
    const imports = "import { createAdmin, createProducer } from '@odradek/client/node'\n"
    const admin = "const admin = createAdmin({ 'bootstrap.servers': 'localhost:9092' })\n"
    assert.equal(await run(`${imports}${admin}${askFor}admin.close()\n`), '')
    const rest = "await producer.send({ topic: 'orders', value: 'x' })\nawait producer.close()\n"
    assert.match(await run(`${imports}${log}${rest}`), /name: 'ProduceRequest'/)
  })
})
