// One data directory, two servers: what ours wrote Apache ZooKeeper 3.9.5 goes on with, and the other way round, after a stop as after kill -9.
import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Daemon } from '../lib/daemon.ts'
import { root, temporaryFolder } from '../lib/folders.ts'
import { freePorts } from '../lib/free-ports.ts'
import type { JudgeContext, TargetKind } from '../lib/judge.ts'
import { mustRun } from '../lib/run-command.ts'
import { command, startZooKeeper } from './servers.ts'

const script = path.join(root, 'judges', 'zookeeper', 'data-directory.py')
/** Small, so that snapshots are taken on the way. */
const lines = ['extendedTypesEnabled=true', 'snapCount=300', 'preAllocSize=1024']

type Result = readonly [title: string, passed: boolean, detail: unknown]

export async function judge({ report, target }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('zookeeper-data')
  const [port = 0] = await freePorts(1)
  const start = (kind: TargetKind): Promise<Daemon> => startZooKeeper(kind, { folder, port, lines })
  const run = (args: readonly string[], input = ''): Promise<string> =>
    mustRun('python3', ['-B', script, String(port), ...args], { input })
  const rounds: readonly (readonly [from: TargetKind, to: TargetKind, isKilled: boolean])[] = [
    [target, 'apache', false],
    [target, 'apache', true],
    ['apache', target, false],
    ['apache', target, true],
    [target, target, true],
  ]
  for (const [index, [from, to, isKilled]] of rounds.entries()) {
    const title = `${from} to ${to}${isKilled ? ' after kill -9' : ''}`
    const base = `/round-${index}`
    const first = await start(from)
    const written = await run(['write', base, String(index)])
    const digests = await command(port, 'hash')
    await (isKilled ? first.crash() : first.stop())
    const second = await start(to)
    const digestsAfter = digestsOf(await command(port, 'hash'))
    await report.check(`${title}: both had the same digests`, () => {
      for (const [zxid, digest] of digestsOf(digests)) assert.equal(digestsAfter.get(zxid) ?? digest, digest, zxid)
    })
    for (const [what, passed, detail] of JSON.parse(await run(['check', base], written)) as Result[]) {
      await report.check(`${title}: ${what}`, () => assert.ok(passed, JSON.stringify(detail)))
    }
    await second.stop()
  }
  await report.check('Apache found every digest in the logs right', () => {
    const log = readFileSync(path.join(folder, 'apache-zookeeper.log'), 'utf8')
    assert.doesNotMatch(log, /Digests are not matching|First digest mismatch/)
  })
  rmSync(folder, { recursive: true, force: true })
}

/** The digest of the tree after every 128th transaction. */
function digestsOf(text: string): Map<string, string> {
  const pairs = [...text.matchAll(/^([0-9a-f]+): (-?\d+)$/gm)]
  return new Map(pairs.map(([, zxid = '', digest = '']) => [zxid, digest]))
}
