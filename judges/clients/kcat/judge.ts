// kcat, from Debian: what it can do of the clients' scenario. It makes topics by using them, and cannot delete them.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { debianPackage } from '../../lib/debian-package.ts'
import { temporaryFolder } from '../../lib/folders.ts'
import type { JudgeContext } from '../../lib/judge.ts'
import { pause, pollUntil } from '../../lib/poll-until.ts'
import { recordValue } from '../../lib/record-value.ts'
import { mustRun } from '../../lib/run-command.ts'
import { startTarget } from '../../lib/target.ts'

interface Metadata {
  readonly brokers: readonly unknown[]
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly unknown[] }[]
}

interface Line {
  readonly partition: number
  readonly offset: number
  readonly ts: number
  readonly key: string
  readonly payload: string
  readonly headers?: readonly string[]
}

/** A member of a group: a kcat that prints keys until it is told to leave. */
class Member {
  readonly keys: string[] = []
  readonly #child
  readonly #exited: Promise<unknown>
  #errors = ''

  constructor(args: readonly string[]) {
    this.#child = spawn('kcat', args)
    let rest = ''
    this.#child.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      this.keys.push(...lines)
    })
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString()
    })
    this.#exited = new Promise((resolve) => this.#child.on('close', resolve))
  }

  /** How many partitions it says that it was assigned last. */
  get assigned(): number | undefined {
    const last = [...this.#errors.matchAll(/rebalanced \([^)]*\): (assigned|revoked):([^\n]*)/g)].at(-1)
    if (last === undefined) return undefined
    return last[1] === 'assigned' ? [...(last[2] ?? '').matchAll(/\[\d+\]/g)].length : 0
  }

  /** SIGINT: kcat commits and leaves. */
  async leave(): Promise<void> {
    this.#child.kill('SIGINT')
    await this.#exited
  }
}

export async function judge({ report, target: kind }: JudgeContext): Promise<void> {
  await debianPackage('kcat', 'kcat')
  const target = await startTarget(kind, { 'num.partitions': '3' })
  const folder = temporaryFolder('kcat')
  const base = ['-b', target.bootstrap, '-m', '30']
  const kcat = (args: readonly string[], input?: string): Promise<string> =>
    mustRun('kcat', [...base, ...args], input === undefined ? {} : { input })
  const consume = async (topic: string, more: readonly string[] = []): Promise<Line[]> => {
    const text = await kcat(['-C', '-t', topic, '-e', '-q', '-J', ...(more.length > 0 ? more : ['-o', 'beginning'])])
    return text
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line)
  }
  const lines = (prefix: string, count: number, sizeBytes = 200): string =>
    Array.from({ length: count }, (_, index) => `${prefix}-${index}:${recordValue(prefix, index, sizeBytes)}\n`).join(
      '',
    )
  const keys = (prefix: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${prefix}-${index}`).sort()
  try {
    report.note(
      `kcat ${(await mustRun('kcat', ['-V'])).split('\n').find((line) => line.startsWith('Version')) ?? ''} on ${kind}`,
    )
    await report.check('lists the broker', async () => {
      const metadata = JSON.parse(await kcat(['-L', '-J'])) as Metadata
      assert.equal(metadata.brokers.length, 1)
    })
    await report.check('makes a topic by producing to it', async () => {
      await kcat(['-P', '-t', 'made', '-K', ':'], lines('made', 3))
      const metadata = JSON.parse(await kcat(['-L', '-J', '-t', 'made'])) as Metadata
      assert.equal(metadata.topics[0]?.partitions.length, 3)
    })
    for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
      await report.check(`${codec}: keys, values and headers arrive as sent`, async () => {
        const topic = `codec-${codec}`
        const headers = ['-H', 'n=1', '-H', 'language=ünï']
        await kcat(['-P', '-t', topic, '-K', ':', '-z', codec, ...headers, '-X', 'acks=all'], lines(codec, 300))
        const seen = await consume(topic, ['-o', 'beginning', '-X', 'check.crcs=true'])
        assert.deepEqual(seen.map((line) => line.key).sort(), keys(codec, 300))
        for (const { key, payload, headers: seenHeaders } of seen) {
          assert.equal(payload, recordValue(codec, Number(key.slice(codec.length + 1)), 200))
          assert.deepEqual(seenHeaders, ['n', '1', 'language', 'ünï'])
        }
      })
    }
    await report.check('a record of 1 MB', async () => {
      const file = path.join(folder, 'large')
      const value = recordValue('large', 0, 1_000_000)
      writeFileSync(file, value)
      await kcat(['-P', '-t', 'large', '-X', 'message.max.bytes=1040000', file])
      assert.equal((await consume('large'))[0]?.payload, value)
    })
    await report.check('an idempotent producer: every record once, in order', async () => {
      const args = ['-P', '-t', 'idempotent', '-p', '0', '-K', ':', '-X', 'enable.idempotence=true']
      await kcat(args, lines('i', 5000, 50))
      assert.deepEqual(
        (await consume('idempotent')).map(({ key, offset }) => `${key} ${offset}`),
        Array.from({ length: 5000 }, (_, index) => `i-${index} ${index}`),
      )
    })
    await report.check('reads from a time', async () => {
      await kcat(['-P', '-t', 'times', '-p', '0', '-K', ':'], lines('early', 10))
      await pause(50)
      const betweenMs = Date.now()
      await pause(50)
      await kcat(['-P', '-t', 'times', '-p', '0', '-K', ':'], lines('late', 10))
      const seen = await consume('times', ['-p', '0', '-o', `s@${betweenMs}`])
      assert.deepEqual(seen.map(({ key }) => key).sort(), keys('late', 10))
      assert.equal((await kcat(['-Q', '-t', `times:0:${betweenMs}`])).trim(), 'times [0] offset 10')
    })
    await report.check(
      'a group of three, one leaves, the broker is killed: nothing missing, commits kept',
      async () => {
        await kcat(['-P', '-t', 'group', '-K', ':'], lines('first', 300))
        const start = (): Member =>
          new Member([
            '-b',
            target.bootstrap,
            '-G',
            'three',
            '-f',
            '%k\\n',
            '-u',
            '-X',
            'auto.offset.reset=earliest',
            '-X',
            'session.timeout.ms=10000',
            '-X',
            'heartbeat.interval.ms=1000',
            'group',
          ])
        const members = [start(), start(), start()]
        const shares = (count: number): Promise<true> =>
          pollUntil(`each of ${members.length} has ${count} partitions`, 60_000, () =>
            members.every(({ assigned }) => assigned === count) ? true : undefined,
          )
        const all = members.map((member) => member.keys)
        // kcat counts as read what it has taken, printed or not: so nobody leaves before all is printed.
        const haveRead = (count: number): Promise<true> =>
          pollUntil(`${count} records are read`, 30_000, () => (new Set(all.flat()).size === count ? true : undefined))
        await shares(1)
        await haveRead(300)
        await members.pop()?.leave()
        await members.pop()?.leave()
        await shares(3)
        await kcat(['-P', '-t', 'group', '-K', ':'], lines('second', 300))
        await haveRead(600)
        await members.pop()?.leave()
        await kcat(['-P', '-t', 'group', '-K', ':', '-X', 'acks=all'], lines('third', 300))
        await target.crash()
        await target.start()
        members.push(start())
        const late = members[0]?.keys ?? []
        await pollUntil('the rest is read', 60_000, () => (new Set(late).size >= 300 ? true : undefined))
        await members.pop()?.leave()
        assert.deepEqual([...late].sort(), keys('third', 300))
      },
    )
  } finally {
    await target.stop()
    target.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}
