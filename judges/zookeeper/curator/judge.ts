// Our client's recipes and Apache Curator 5.9.0's in the same queues, elections, barriers and services, on our server.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { createNodeEnv } from '@odradek/env-node'
import {
  acquireLock,
  acquireReadLock,
  acquireWriteLock,
  Barrier,
  candidates,
  DoubleBarrier,
  lead,
  registerService,
  ServiceDirectory,
  ZooKeeperClient,
} from '@odradek/zookeeper-client'
import { root, temporaryFolder } from '../../lib/folders.ts'
import { freePorts } from '../../lib/free-ports.ts'
import type { JudgeContext } from '../../lib/judge.ts'
import { classpath } from '../../lib/maven.ts'
import { pollUntil } from '../../lib/poll-until.ts'
import { startZooKeeper } from '../servers.ts'

const answerMs = 40_000

export async function judge({ report, target }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('curator')
  const [port = 0] = await freePorts(1)
  const server = await startZooKeeper(target, { folder, port })
  const client = new ZooKeeperClient(createNodeEnv({ log: { level: 'error' } }), {
    connectString: `127.0.0.1:${port}`,
    sessionTimeoutMs: 10_000,
  })
  const curator = await CuratorSide.start(port)
  const says = async (line: string, answer: string): Promise<void> =>
    assert.equal(await curator.say(line), answer, line)
  const within = (): AbortSignal => AbortSignal.timeout(answerMs)
  try {
    await client.connect()
    await report.check('a lock: each waits for the other', async () => {
      const lock = await acquireLock(client, '/curator/lock', { signal: within() })
      await says('try-lock', 'false')
      const waiting = curator.say('lock')
      await lock.release()
      assert.equal(await waiting, 'true')
      await assert.rejects(acquireLock(client, '/curator/lock', { signal: AbortSignal.timeout(1000) }))
      const next = acquireLock(client, '/curator/lock', { signal: within() })
      await says('unlock', 'true')
      await (await next).release()
    })
    await report.check('a read/write lock: readers share, a writer is alone', async () => {
      const read = await acquireReadLock(client, '/curator/rw', { signal: within() })
      await says('try-read', 'true')
      await assert.rejects(acquireWriteLock(client, '/curator/rw', { signal: AbortSignal.timeout(1000) }))
      await says('unread', 'true')
      await says('try-write', 'false')
      await read.release()
      await says('try-write', 'true')
      await assert.rejects(acquireReadLock(client, '/curator/rw', { signal: AbortSignal.timeout(1000) }))
      await says('unwrite', 'true')
    })
    await report.check('an election: each sees who leads, and follows when the other resigns', async () => {
      const leadership = await lead(client, '/curator/election', { id: 'ours', signal: within() })
      await says('stand', 'true')
      await says('leads 1000', 'false')
      await says('leader', 'ours')
      await leadership.release()
      await says('leads 20000', 'true')
      assert.deepEqual(
        (await candidates(client, '/curator/election')).map(({ id }) => id),
        ['curator'],
      )
      const next = lead(client, '/curator/election', { id: 'ours', signal: within() })
      await says('resign', 'true')
      await (await next).release()
    })
    await report.check('barriers: raised by one, lowered by the other', async () => {
      const barrier = new Barrier(client, '/curator/barrier')
      await barrier.raise()
      await says('pass', 'false')
      await barrier.lower()
      await says('pass', 'true')
      await says('raise', 'true')
      const passing = barrier.wait(within())
      await assert.rejects(barrier.wait(AbortSignal.timeout(500)))
      await says('lower', 'true')
      await passing
    })
    await report.check('a double barrier: both enter together and leave together', async () => {
      const barrier = new DoubleBarrier(client, '/curator/round', { member: 'ours', memberCount: 2 })
      const entering = curator.say('enter')
      await barrier.enter(within())
      assert.equal(await entering, 'true')
      const leaving = curator.say('leave')
      await barrier.leave(within())
      assert.equal(await leaving, 'true')
    })
    await report.check('services: each finds what the other has registered', async () => {
      await using directory = await ServiceDirectory.open(client, '/curator/services')
      const service = { name: 'web', id: 'ours', address: '10.0.0.1', port: 80 }
      const registration = await registerService(client, '/curator/services', service)
      await says('register', 'true')
      await says('instances', 'curator@10.0.0.9:90 ours@10.0.0.1:80')
      const found = await pollUntil('both are found', answerMs, () => {
        const instances = directory.instances('web')
        return instances.length === 2 ? instances : undefined
      })
      assert.deepEqual(
        found.map(({ id, address, port: at }) => `${id}@${address}:${at}`),
        ['curator@10.0.0.9:90', 'ours@10.0.0.1:80'],
      )
      await registration.release()
      await says('instances', 'curator@10.0.0.9:90')
    })
  } finally {
    curator.kill()
    await client.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

class CuratorSide {
  readonly #child
  #lines: string[] = []
  #errors = ''
  #wake: () => void = () => {}

  private constructor(libraries: string, port: number) {
    const source = path.join(root, 'judges', 'zookeeper', 'curator', 'CuratorSide.java')
    this.#child = spawn('java', ['-Xmx256m', '-XX:+UseSerialGC', '-cp', libraries, source, `127.0.0.1:${port}`])
    let rest = ''
    this.#child.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      this.#lines.push(...lines)
      this.#wake()
    })
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString()).slice(-2000)
    })
    this.#child.on('close', () => this.#wake())
  }

  static async start(port: number): Promise<CuratorSide> {
    const side = new CuratorSide(await classpath('curator-5.9.0'), port)
    await side.#line()
    return side
  }

  say(line: string): Promise<string> {
    this.#child.stdin.write(`${line}\n`)
    return this.#line()
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  async #line(): Promise<string> {
    const endMs = performance.now() + answerMs
    for (;;) {
      const line = this.#lines.shift()
      if (line !== undefined) return line
      const leftMs = endMs - performance.now()
      if (leftMs <= 0 || this.#child.exitCode !== null) throw new Error(`Curator does not answer:\n${this.#errors}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
}
