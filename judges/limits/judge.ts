// The limits of a broker on the real process: quotas, connections, memory for requests, clients that do not read, a stop in good order.
import assert from 'node:assert/strict'
import type net from 'node:net'
import { createNodeEnv } from '@odradek/env-node'
import { AskedConfigs, brokerType } from '../configuration/asked-configs.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { pause } from '../lib/poll-until.ts'
import { startTarget } from '../lib/target.ts'
import { LogClient } from '../log-files/log-client.ts'
import { fetchFrame, isClosedWithin, LimitClient, openSocket, residentBytes } from './clients.ts'

const mebibyte = 1024 * 1024
const properties = {
  'queued.max.request.bytes': String(64 * mebibyte),
  'socket.request.max.bytes': String(20 * mebibyte),
  'message.max.bytes': String(10 * mebibyte),
  'connections.max.idle.ms': '20000',
}

export async function judge({ report, target: kind }: JudgeContext): Promise<void> {
  const target = await startTarget(kind, properties)
  const env = createNodeEnv({ log: { level: 'error' } })
  const { bootstrap } = target
  const sockets: net.Socket[] = []
  const open = async (): Promise<net.Socket> => {
    const socket = await openSocket(bootstrap)
    sockets.push(socket)
    return socket
  }
  const closeAll = async (): Promise<void> => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await pause(500)
  }
  const configs = await AskedConfigs.connect(env, bootstrap)
  const free = await LimitClient.connect(env, bootstrap, 'free')
  try {
    for (const topic of ['t', 'kept', 'never-written']) await configs.createTopic(topic)
    await report.check(
      'a producer over its quota is told for how long it is not heard, and is not; another is',
      async () => {
        await free.setQuota('client-id', 'producer', 'producer_byte_rate', 100_000)
        await pause(1000)
        const producer = await LimitClient.connect(env, bootstrap, 'producer')
        const { throttleMs } = await producer.produce('t', 1_500_000)
        assert.ok(throttleMs > 1000, `throttled for ${throttleMs} ms`)
        const waiting = producer.metadata()
        const others = await free.produce('t', 1_500_000)
        assert.ok(others.durationMs < throttleMs / 2 && others.throttleMs === 0, `another took ${others.durationMs} ms`)
        const { durationMs } = await waiting
        assert.ok(durationMs > throttleMs * 0.7, `heard again after ${durationMs} of ${throttleMs} ms`)
        producer.close()
      },
    )
    await report.check(
      'a consumer over its quota gets nothing, and is not heard for as long as it is told',
      async () => {
        await free.setQuota('client-id', 'consumer', 'consumer_byte_rate', 200_000)
        await pause(1000)
        const consumer = await LimitClient.connect(env, bootstrap, 'consumer')
        const first = await consumer.fetch('t', 1_000_000)
        assert.ok(first.bytes >= 1_000_000, `${first.bytes} bytes at first`)
        const second = await consumer.fetch('t', 1_000_000)
        assert.equal(second.bytes, 0)
        assert.ok(second.throttleMs > 500, `throttled for ${second.throttleMs} ms`)
        const { durationMs } = await consumer.metadata()
        assert.ok(durationMs > second.throttleMs * 0.7, `heard again after ${durationMs} of ${second.throttleMs} ms`)
        consumer.close()
      },
    )
    await report.check('request_percentage holds a client back that keeps the broker busy', async () => {
      await free.setQuota('client-id', 'busy', 'request_percentage', 0.01)
      await pause(1000)
      const busy = await LimitClient.connect(env, bootstrap, 'busy')
      let throttled = 0
      for (let count = 0; count < 300 && throttled === 0; count++) throttled = (await busy.metadata()).throttleMs
      assert.ok(throttled > 0)
      assert.ok(throttled <= 1000, `throttled for ${throttled} ms, above the window`)
      busy.close()
    })
    await report.check(
      'max.connections.per.ip changes while the broker runs, and closes what is above it',
      async () => {
        const limit = 6
        await configs.alter({ type: brokerType, name: '', changes: [['max.connections.per.ip', 0, String(limit)]] })
        await pause(1000)
        const opened = await Promise.all(Array.from({ length: 10 }, open))
        const closed = await Promise.all(opened.map((socket) => isClosedWithin(socket, 2000)))
        const openNow = closed.filter((isClosed) => !isClosed).length
        assert.ok(openNow >= 2 && openNow <= limit, `${openNow} of 10 are open`)
        await configs.alter({ type: brokerType, name: '', changes: [['max.connections.per.ip', 1, null]] })
        await closeAll()
        const again = await open()
        assert.equal(await isClosedWithin(again, 500), false)
        await closeAll()
      },
    )
    await report.check('an address that opens more than its connection_creation_rate is closed', async () => {
      await free.setQuota('ip', '127.0.0.1', 'connection_creation_rate', 2)
      await pause(1000)
      const opened = await Promise.all(Array.from({ length: 60 }, open))
      const closed = await Promise.all(opened.map((socket) => isClosedWithin(socket, 5000)))
      const refused = closed.filter(Boolean).length
      assert.ok(refused > 10 && refused < 60, `${refused} of 60 were closed`)
      await free.setQuota('ip', '127.0.0.1', 'connection_creation_rate', undefined)
      await closeAll()
      await pause(1000)
    })
    await report.check(
      'hundreds of large requests that never end do not fill the memory, nor stop others',
      async () => {
        const before = residentBytes(target.process.pid)
        const size = Buffer.alloc(4)
        size.writeInt32BE(18 * mebibyte)
        const half = Buffer.concat([size, Buffer.alloc(9 * mebibyte)])
        for (let count = 0; count < 60; count++) (await open()).write(half)
        await pause(4000)
        const grown = (residentBytes(target.process.pid) - before) / mebibyte
        report.note(`60 connections sent 9 MiB of 18 MiB each: the process grew by ${Math.round(grown)} MiB`)
        assert.ok(grown < 400, `grew by ${grown} MiB`)
        const { durationMs } = await free.metadata()
        report.note(`another client's small request took ${Math.round(durationMs)} ms`)
        // Apache's broker reads nobody until its memory is free again.
        if (kind === 'odradek') assert.ok(durationMs < 15_000, `another waited ${durationMs} ms`)
        await closeAll()
        const after = await free.produce('t', 1_000_000)
        report.note(`a producer after them waited ${Math.round(after.durationMs)} ms`)
        assert.ok(after.durationMs < 30_000, `a producer waited ${after.durationMs} ms afterwards`)
      },
    )
    await report.check(
      'clients that ask for much and read nothing do not fill the memory, nor stop others',
      async () => {
        for (let count = 0; count < 8; count++) await free.produce('t', 4 * mebibyte)
        const before = residentBytes(target.process.pid)
        const asked = Buffer.concat(Array.from({ length: 50 }, () => fetchFrame('t', 30 * mebibyte)))
        for (let count = 0; count < 20; count++) {
          const socket = await open()
          socket.pause()
          socket.write(asked)
        }
        await pause(4000)
        const grown = (residentBytes(target.process.pid) - before) / mebibyte
        report.note(`20 connections asked 50 times for 30 MiB: the process grew by ${Math.round(grown)} MiB`)
        assert.ok(grown < 1500, `grew by ${grown} MiB`)
        const { durationMs } = await free.fetch('t', mebibyte)
        assert.ok(durationMs < 15_000, `another waited ${durationMs} ms`)
        await closeAll()
      },
    )
    await report.check('connections that always have more to do leave the others their turn', async () => {
      const busy = await Promise.all(
        Array.from({ length: 10 }, (_, index) => LimitClient.connect(env, bootstrap, `greedy-${index}`)),
      )
      let isOver = false
      const counts = busy.map(() => 0)
      const loads = busy.flatMap((client, index) =>
        Array.from({ length: 8 }, async () => {
          while (!isOver) {
            await (index % 2 === 0 ? client.produce('t', 200_000) : client.fetch('t', mebibyte))
            counts[index] = (counts[index] ?? 0) + 1
          }
        }),
      )
      await pause(1000)
      const waits: number[] = []
      for (let count = 0; count < 100; count++) waits.push((await free.metadata()).durationMs)
      isOver = true
      await Promise.all(loads)
      for (const client of busy) client.close()
      waits.sort((a, b) => a - b)
      const [median = 0, longest = 0] = [waits[50], waits.at(-1)]
      report.note(
        `80 requests of ten connections under way: another's took ${Math.round(median)} ms, at most ${Math.round(longest)}`,
      )
      assert.ok(median < 250 && longest < 3000, `another waited ${median} ms, at most ${longest}`)
      for (const kind of [0, 1]) {
        const alike = counts.filter((_, index) => index % 2 === kind)
        assert.ok(Math.min(...alike) * 4 > Math.max(...alike), `one had much more than another: ${alike.join()}`)
      }
    })
    await report.check('a connection without requests is closed after connections.max.idle.ms', async () => {
      const idle = await open()
      assert.equal(await isClosedWithin(idle, 60_000), true)
    })
    await report.check('a stop in good order answers what was begun, and what was answered is there', async () => {
      const producer = await LimitClient.connect(env, bootstrap, 'last')
      const waiter = await LimitClient.connect(env, bootstrap, 'waiter')
      const waiting = waiter.waitForRecords('never-written', 60_000)
      const answers = Promise.allSettled(Array.from({ length: 40 }, () => producer.produce('kept', 500_000)))
      const startMs = performance.now()
      await target.stop()
      const answered = (await answers).filter(({ status }) => status === 'fulfilled').length
      const durationMs = Math.round(performance.now() - startMs)
      report.note(`${answered} of 40 produce requests were answered, the stop took ${durationMs} ms`)
      const { bytes: none, durationMs: waitedMs } = await waiting
      assert.ok(none === 0 && waitedMs < 30_000, 'who waited for records was answered when the broker stopped')
      assert.ok(answered > 0)
      await target.start()
      const reader = await LogClient.connect(env, bootstrap)
      const kept = await reader.endOffset('kept')
      reader.close()
      assert.ok(kept >= answered && kept <= 40, `${kept} records of ${answered} answered requests`)
    })
  } finally {
    await closeAll()
    configs.close()
    free.close()
    if (target.process.isAlive) await target.stop()
    target.remove()
  }
}
