// Bytes that no client sends, to the Kafka port and to the ZooKeeper port: the connection ends with a log line, and the process
// lives and serves.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import { createNodeEnv } from '@odradek/env-node'
import { ZooKeeperClient } from '@odradek/zookeeper-client'
import type { JudgeContext } from '../lib/judge.ts'
import { pause, pollUntil } from '../lib/poll-until.ts'
import { startTarget } from '../lib/target.ts'
import type { Target } from '../lib/target.ts'
import { MutatedRequests } from './mutated-requests.ts'
import { sendFrames } from './send-frames.ts'

const env = createNodeEnv({ log: { level: 'error' } })
const endsWithinMs = 10_000
/** The heap may grow to its size before it is swept. */
const memoryGrowthMbMax = 1024

/** Sends `bytes` (and, with `half`, ends this side); resolves, when the connection has ended, with what came back and from which port it was made. */
function send(address: string, bytes: Buffer, half = false): Promise<{ answer: Buffer; localPort: number }> {
  const [host = '', port = ''] = address.split(':')
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port: Number(port), allowHalfOpen: true })
    const received: Buffer[] = []
    let localPort = 0
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new Error(`the connection is still open after ${endsWithinMs} ms`))
    }, endsWithinMs)
    const ended = (): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ answer: Buffer.concat(received), localPort })
    }
    socket.on('data', (chunk: Buffer) => received.push(chunk))
    socket.on('end', ended)
    socket.on('error', ended)
    socket.on('connect', () => {
      localPort = socket.localPort ?? 0
      if (half) socket.end(bytes)
      else socket.write(bytes)
    })
  })
}

function framed(body: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}

/** A Kafka request header, version 1: api key, api version, correlation id, client id. */
function kafkaHeader(apiKey: number, apiVersion: number): Buffer {
  const header = Buffer.alloc(14)
  header.writeInt16BE(apiKey, 0)
  header.writeInt16BE(apiVersion, 2)
  header.writeInt32BE(7, 4)
  header.writeInt16BE(4, 8)
  header.write('evil', 10)
  return header
}

const tlsHello = Buffer.concat([
  Buffer.from([0x16, 0x03, 0x01, 0x00, 0x40, 0x01, 0x00, 0x00, 0x3c, 0x03, 0x03]),
  randomBytes(32),
  Buffer.from([0x00, 0x00, 0x02, 0x13, 0x01, 0x01, 0x00]),
])
const http = Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: curl/8\r\n\r\n')

interface Attack {
  readonly name: string
  readonly bytes: Buffer
  /** This side ends after the bytes: nothing more will come. */
  readonly half?: boolean
}

const kafkaAttacks: readonly Attack[] = [
  { name: 'an HTTP request', bytes: http },
  { name: 'a TLS hello', bytes: tlsHello },
  { name: 'a frame of 2 GiB', bytes: Buffer.concat([int32(0x7fff_ffff), Buffer.alloc(1000)]) },
  { name: 'a frame of negative size', bytes: int32(-5) },
  { name: 'a frame of no size', bytes: int32(0) },
  { name: 'a truncated frame', bytes: Buffer.concat([int32(1000), kafkaHeader(3, 1)]), half: true },
  { name: 'an unknown API', bytes: framed(kafkaHeader(9999, 0)) },
  {
    name: 'a Metadata request of 2 billion topics',
    bytes: framed(Buffer.concat([kafkaHeader(3, 4), int32(0x7fff_fff0)])),
  },
  { name: 'a Produce request cut short', bytes: framed(Buffer.concat([kafkaHeader(0, 7), Buffer.from([255, 255])])) },
  {
    name: 'a Fetch request of random bytes',
    bytes: framed(Buffer.concat([kafkaHeader(1, 11), Buffer.alloc(400, 0xee)])),
  },
  ...Array.from({ length: 20 }, (_, index) => {
    return { name: `random bytes ${index + 1}`, bytes: framed(randomBytes(1 + index * 37)) }
  }),
  ...Array.from({ length: 5 }, (_, index) => {
    return { name: `random bytes without a frame ${index + 1}`, bytes: randomBytes(4000), half: true }
  }),
]

const zookeeperAttacks: readonly Attack[] = [
  { name: 'an HTTP request', bytes: http },
  { name: 'a TLS hello', bytes: tlsHello },
  { name: 'a packet of 2 GiB', bytes: Buffer.concat([int32(0x7fff_ffff), Buffer.alloc(1000)]) },
  { name: 'a packet of negative size', bytes: int32(-5) },
  { name: 'a packet of no size', bytes: int32(0) },
  { name: 'a truncated packet', bytes: Buffer.concat([int32(45), Buffer.alloc(10)]), half: true },
  { name: 'a connect request cut short', bytes: framed(Buffer.alloc(9)) },
  {
    name: 'a connect request with a password of 2 GiB',
    bytes: framed(Buffer.concat([Buffer.alloc(24), int32(0x7fff_ffff)])),
  },
  ...Array.from({ length: 5 }, (_, index) => {
    return { name: `random bytes without a packet ${index + 1}`, bytes: randomBytes(4000), half: true }
  }),
]

export async function judge({ report, target: kind }: JudgeContext): Promise<void> {
  const target = await startTarget(kind)
  try {
    for (const { name, bytes, half } of kafkaAttacks) {
      await report.check(`Kafka port: ${name}`, () => attack(target, target.bootstrap, bytes, half))
    }
    for (const { name, bytes, half } of zookeeperAttacks) {
      await report.check(`ZooKeeper port: ${name}`, () => attack(target, target.zookeeper, bytes, half))
    }
    await report.check('two hundred connections that say nothing, or half a frame, are in nobody’s way', async () => {
      const sockets = Array.from({ length: 200 }, (_, index) => {
        const [host = '', port = ''] = (index % 2 === 0 ? target.bootstrap : target.zookeeper).split(':')
        const socket = net.connect({ host, port: Number(port) })
        socket.on('error', () => {})
        if (index % 4 > 1) socket.write(Buffer.concat([int32(5000), randomBytes(100)]))
        return socket
      })
      await serves(target)
      for (const socket of sockets) socket.destroy()
      await serves(target)
    })
  } finally {
    await target.stop()
    target.remove()
  }
  await judgeMutatedRequests(report, kind)
}

/** HOSTILE_FRAMES says how many; HOSTILE_SEED which. */
async function judgeMutatedRequests(report: JudgeContext['report'], kind: JudgeContext['target']): Promise<void> {
  const count = Number(process.env['HOSTILE_FRAMES'] ?? 100_000)
  const seed = Number(process.env['HOSTILE_SEED'] ?? Math.floor(Math.random() * 1e9))
  const target = await startTarget(kind, { 'auto.create.topics.enable': 'false' })
  try {
    const source = await MutatedRequests.from(seed)
    report.note(`${count} frames made from ${source.seedCount} requests, seed ${seed}`)
    const before = residentMegabytes(target)
    await report.check(`${count} frames that were requests: nobody else waits, and the process lives`, async () => {
      let isDone = false
      let longestMs = 0
      const bystander = async (): Promise<void> => {
        for (; !isDone; await pause(100)) {
          const startMs = performance.now()
          await serves(target)
          longestMs = Math.max(longestMs, performance.now() - startMs)
        }
      }
      const watched = bystander()
      try {
        await sendFrames(target.bootstrap, source, count)
      } finally {
        isDone = true
        await watched
        if (!target.process.isAlive) report.note(target.process.output.slice(-4000))
      }
      report.note(`another client's rounds over both ports took ${Math.round(longestMs)} ms at most`)
    })
    await report.check('its memory stays bounded', () => {
      const after = residentMegabytes(target)
      report.note(`${before} MB resident before, ${after} MB after`)
      assert.ok(after < before + memoryGrowthMbMax, `${after} MB`)
    })
  } finally {
    await target.stop()
    target.remove()
  }
}

function residentMegabytes({ process: { pid } }: Target): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
}

async function attack(target: Target, address: string, bytes: Buffer, half: boolean | undefined): Promise<void> {
  const { answer, localPort } = await send(address, bytes, half)
  assert.ok(answer.length < 10_000, `${answer.length} bytes came back`)
  // Apache's ZooKeeper is another process, whose log this does not see, and Apache's broker does not log each of these.
  if (target.kind === 'odradek') {
    await pollUntil('a log line that names the connection', 2000, () =>
      new RegExp(`[cC]losed.*:${localPort}\\b`).test(target.process.output) ? true : undefined,
    )
  }
  await serves(target)
}

/** Both ports answer a client in good order, and it is still the process that was started. */
async function serves(target: Target): Promise<void> {
  assert.ok(target.process.isAlive, 'the process has ended')
  await kafkaAnswers(target.bootstrap)
  const client = new ZooKeeperClient(env, {
    connectString: target.zookeeper,
    sessionTimeoutMs: 5000,
  })
  await client.connect()
  assert.ok((await client.exists('/brokers/ids/1')) !== undefined, 'the broker is no longer registered')
  await client.close()
}

/** Asks for ApiVersions, version 0, and reads the answer's correlation id and error code. */
function kafkaAnswers(address: string): Promise<void> {
  const [host = '', port = ''] = address.split(':')
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port: Number(port) })
    const timer = setTimeout(() => failed(new Error('ApiVersions is not answered')), 5000)
    const failed = (error: Error): void => {
      clearTimeout(timer)
      socket.destroy()
      reject(error)
    }
    socket.on('error', failed)
    socket.on('data', (chunk: Buffer) => {
      clearTimeout(timer)
      socket.destroy()
      if (chunk.length > 10 && chunk.readInt32BE(4) === 7 && chunk.readInt16BE(8) === 0) resolve()
      else reject(new Error('ApiVersions is answered wrongly'))
    })
    socket.write(framed(kafkaHeader(18, 0)))
  })
}
