import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import {
  createRequest,
  deleteRequest,
  existsRequest,
  getChildrenRequest,
  getDataRequest,
  OpCode,
  setDataRequest,
} from '@odradek/zookeeper-protocol'
import type { Jute } from '@odradek/zookeeper-protocol'
import { absentMetrics } from '../support/apache-metrics.ts'
import { RawClient } from '../support/raw-client.ts'
import { SimulatedServer } from '../support/simulated-server.ts'

const openAcl = [{ perms: 31, id: { scheme: 'world', id: 'anyone' } }]

interface Traffic {
  /** Sends a request and waits for its answer. */
  readonly call: <T>(type: number, definition: Jute<T>, value: T) => Promise<void>
  /** What a metric shows for a namespace: how often, and how many bytes. */
  readonly shown: (metric: string, namespace: string) => { count: number; sum: number } | undefined
  readonly close: () => Promise<void>
}

async function serverWithClient(seed: string): Promise<Traffic> {
  const simulation = new Simulation({ seed })
  const server = new SimulatedServer(simulation)
  await server.start()
  const client = await simulation.runUntil(RawClient.open(simulation.machine('client').env, 'server', 2181))
  client.connect({ timeOut: 10_000 })
  await simulation.runUntil(client.next(({ kind }) => kind === 'connected'))
  return {
    call: async (type, definition, value) => void (await simulation.runUntil(client.call(type, definition, value))),
    shown(metric, namespace) {
      const text = server.machine.env.metrics.render()
      const of = (part: string): string | undefined =>
        new RegExp(`^${metric}_${part}\\{key="${namespace}"\\} (\\d+)$`, 'm').exec(text)?.[1]
      const [count, sum] = [of('count'), of('sum')]
      return count === undefined ? undefined : { count: Number(count), sum: Number(sum) }
    },
    close: () => server.close(),
  }
}

const apacheNames = readFileSync(new URL('../fixtures/metrics-3.9.5.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))

test('each of Apache’s 154 metrics is here by its name, or it is known why not', async () => {
  const simulation = new Simulation({ seed: 'metrics' })
  const server = new SimulatedServer(simulation)
  await server.start()
  // A summary is there from the first that it counts.
  const client = await simulation.runUntil(RawClient.open(simulation.machine('client').env, 'server', 2181))
  client.connect()
  await simulation.runUntil(client.next(({ kind }) => kind === 'connected'))
  const body = { path: '/a', data: null, acl: openAcl, flags: 0 }
  await simulation.runUntil(client.call(OpCode.create, createRequest, body))
  await simulation.runUntil(client.call(OpCode.exists, existsRequest, { path: '/a', watch: false }))
  const shown = new Set(
    [...server.machine.env.metrics.render().matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name ?? ''),
  )
  const absent = Object.values(absentMetrics).flat()
  assert.equal(apacheNames.length, 154)
  assert.deepEqual(
    apacheNames.filter((name) => !shown.has(name) && !absent.includes(name)),
    [],
  )
  assert.deepEqual(
    absent.filter((name) => shown.has(name) || !apacheNames.includes(name)),
    [],
  )
  await server.close()
})

test('reads and writes are told apart by the node below the root, counted as Apache’s are', async () => {
  const { call, shown, close } = await serverWithClient('namespaces')
  const node = (path: string, data: Buffer | null) => ({ path, data, acl: openAcl, flags: 0 })
  await call(OpCode.create, createRequest, node('/app', Buffer.from('abc')))
  await call(OpCode.create, createRequest, node('/app/child', null))
  await call(OpCode.setData, setDataRequest, { path: '/app/child', data: Buffer.from('12345'), version: -1 })
  await call(OpCode.getData, getDataRequest, { path: '/app', watch: false })
  await call(OpCode.exists, existsRequest, { path: '/app/child', watch: false })
  await call(OpCode.exists, existsRequest, { path: '/none', watch: false })
  await call(OpCode.getChildren, getChildrenRequest, { path: '/app', watch: false })
  await call(OpCode.getChildren, getChildrenRequest, { path: '/', watch: false })
  await call(OpCode.delete, deleteRequest, { path: '/app/child', version: -1 })
  assert.deepEqual(shown('write_per_namespace', 'app'), { count: 4, sum: 7 + 10 + 15 + 10 })
  assert.deepEqual(shown('read_per_namespace', 'app'), { count: 3, sum: 75 + 78 + 77 })
  assert.equal(shown('read_per_namespace', 'none'), undefined)
  for (let index = 0; index < 1001; index++) await call(OpCode.create, createRequest, node(`/n${index}`, null))
  assert.equal(shown('write_per_namespace', 'n998')?.count, 1)
  assert.equal(shown('write_per_namespace', 'n1000'), undefined)
  await close()
})
