// `npm run bench -- zookeeper [--quick --rounds N --write]`: Apache ZooKeeper 3.9.5, standalone, and ours, driven in turn with the same work on
// this machine. Prints a table in Markdown; `--write` puts it into docs/performance.md.
import os from 'node:os'
import { parseArgs } from 'node:util'
import { pause } from '../../judges/lib/poll-until.ts'
import type { TargetKind } from '../../judges/lib/judge.ts'
import { markdownTable } from '../lib/table.ts'
import type { Measure } from '../lib/table.ts'
import { writeTable } from '../lib/write-table.ts'
import { load, works } from './load.ts'
import { fill, fireWatches, openSessions } from './scale.ts'
import { startServer } from './servers.ts'
import type { RunningServer } from './servers.ts'

const { values: options } = parseArgs({
  args: process.argv.slice(3),
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
})
const plan = options.quick
  ? { rounds: 1, workMs: 1500, starts: 1, nodes: 100_000, sessions: 1000, watchers: 1000 }
  : { rounds: Number(options.rounds), workMs: 3000, starts: 3, nodes: 1_000_000, sessions: 1000, watchers: 10_000 }
const names: readonly TargetKind[] = ['apache', 'odradek']

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`)
}

type PerServer = Record<TargetKind, number[]>
const none = (): PerServer => ({ apache: [], odradek: [] })

async function measureStarts(): Promise<Measure[]> {
  const starts = none()
  const idle = none()
  // The first start of each fills caches and is not counted.
  for (let round = -1; round < plan.starts; round++) {
    for (const name of names) {
      const server = await startServer(name)
      say(`start of ${name}: ${server.startMs.toFixed(0)} ms${round < 0 ? ' (not counted)' : ''}`)
      if (round >= 0) starts[name].push(server.startMs)
      if (round === plan.starts - 1) {
        await pause(2000)
        idle[name].push(server.memoryMiB().now)
      }
      await server.remove()
    }
  }
  return [
    { title: 'process start to first session', unit: 'ms', ...starts, better: 'less', aim: '10×' },
    { title: 'memory idle', unit: 'MiB', ...idle, better: 'less', aim: '3×' },
  ]
}

async function measureWork(): Promise<Measure[]> {
  const measures: Measure[] = []
  const servers: RunningServer[] = []
  try {
    for (const name of names) servers.push(await startServer(name))
    for (const work of works) {
      if (!work.title.includes(options.only)) continue
      const rates = none()
      const cpu = none()
      // Both have run this before it is measured: compilers need that.
      for (let round = -1; round < plan.rounds; round++) {
        for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
          const path = `/b${measures.length}-${round + 1}`
          const result = await load(server, work, plan.workMs, path)
          say(
            `${work.title}, ${server.name}: ${result.perSecond.toFixed(0)}/s, ${result.cpuMicroseconds.toFixed(1)} µs of processor each, p50 ${result.p50Ms.toFixed(2)} ms, p99 ${result.p99Ms.toFixed(2)} ms`,
          )
          if (round < 0) continue
          rates[server.name].push(result.perSecond)
          cpu[server.name].push(result.cpuMicroseconds)
        }
      }
      measures.push({ title: work.title, unit: '/s', ...rates, better: 'more', aim: work.aim })
      measures.push({ title: '– processor time of the server, each', unit: 'µs', ...cpu, better: 'less', aim: '' })
    }
    const memory = none()
    for (const server of servers) memory[server.name].push(server.memoryMiB().peak)
    measures.push({ title: 'memory, the most under all of this', unit: 'MiB', ...memory, better: 'less', aim: '3×' })
  } finally {
    for (const server of servers) await server.remove()
  }
  return measures
}

async function measureScale(): Promise<Measure[]> {
  const all = {
    sessions: none(),
    watches: none(),
    memoryOfWatchers: none(),
    fill: none(),
    memory: none(),
    perNode: none(),
    restart: none(),
  }
  for (const name of names) {
    let server = await startServer(name)
    try {
      const { connections, durationMs } = await openSessions(server, plan.sessions)
      all.sessions[name].push(durationMs)
      const more = await openSessions(server, plan.watchers - plan.sessions, connections)
      connections.push(...more.connections)
      all.watches[name].push(await fireWatches(server, connections))
      all.memoryOfWatchers[name].push(server.memoryMiB().now)
      for (const connection of connections) connection.close()
      await server.remove()
      server = await startServer(name)
      await pause(1000)
      const before = server.memoryMiB().now
      all.fill[name].push((await fill(server, plan.nodes)) / 1000)
      await pause(1000)
      const after = server.memoryMiB().now
      all.memory[name].push(after)
      all.perNode[name].push(((after - before) * 2 ** 20) / plan.nodes)
      server = await server.restart()
      all.restart[name].push(server.startMs / 1000)
      say(
        `scale, ${name}: ${Object.entries(all)
          .map(([what, values]) => `${what} ${values[name].at(-1)?.toFixed(1)}`)
          .join(', ')}`,
      )
    } finally {
      await server.remove()
    }
  }
  const nodes = plan.nodes.toLocaleString('en')
  const watchers = plan.watchers.toLocaleString('en')
  return [
    {
      title: `${plan.sessions.toLocaleString('en')} sessions opened`,
      unit: 'ms',
      ...all.sessions,
      better: 'less',
      aim: '',
    },
    {
      title: `${watchers} watches on one node: change to last event`,
      unit: 'ms',
      ...all.watches,
      better: 'less',
      aim: '',
    },
    { title: `memory with ${watchers} sessions`, unit: 'MiB', ...all.memoryOfWatchers, better: 'less', aim: '3×' },
    { title: `${nodes} nodes of 100 B made, 100 in a transaction`, unit: 's', ...all.fill, better: 'less', aim: '' },
    { title: `memory with ${nodes} nodes`, unit: 'MiB', ...all.memory, better: 'less', aim: '3×' },
    { title: '– per node', unit: 'B', ...all.perNode, better: 'less', aim: '' },
    { title: `start with ${nodes} nodes, to first session`, unit: 's', ...all.restart, better: 'less', aim: '' },
  ]
}

const measures =
  options.only === ''
    ? [...(await measureStarts()), ...(await measureWork()), ...(await measureScale())]
    : options.only === 'scale'
      ? await measureScale()
      : await measureWork()
const machine = `${os.cpus().length} × ${os.cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${(os.totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.versions.node}`
const table = [
  markdownTable(measures, 'Apache ZooKeeper 3.9.5'),
  '',
  `${machine}; medians of ${plan.rounds} rounds of ${plan.workMs / 1000} s, in brackets the least and the most; load generator and servers on one machine.`,
].join('\n')
process.stdout.write(`${table}\n`)
if (options.write) writeTable('bench zookeeper', table)
process.exit(0)
