// The probes: dialogues by raw sockets that were held with Apache ZooKeeper 3.9.5, and its answers. The same are held with ours.
import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root, temporaryFolder } from '../../lib/folders.ts'
import { freePorts } from '../../lib/free-ports.ts'
import type { JudgeContext } from '../../lib/judge.ts'
import { pause } from '../../lib/poll-until.ts'
import { mustRun } from '../../lib/run-command.ts'
import { startZooKeeper } from '../servers.ts'
import { normalise } from './normalise.ts'

const here = path.join(root, 'judges', 'zookeeper', 'probes')

const lines = [
  'extendedTypesEnabled=true',
  'reconfigEnabled=true',
  'DigestAuthenticationProvider.superDigest=super:D/InIHSb7yEEbrWz8b9l71RjZJU=',
]

/** Apache's answers were taken with SASL configured, which ours does not have: the two answers that show it are left out. */
function withoutSasl(line: string): string {
  return line.replace(/^sasl w\/o jaas:.*/, 'sasl').replace(/ sasl (?:0|-114) /, ' sasl ')
}

export async function judge({ report, target }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('zookeeper-probes')
  const [port = 0] = await freePorts(1)
  const server = await startZooKeeper(target, { folder, port, lines })
  try {
    const run = (name: string): Promise<string> =>
      mustRun('python3', ['-B', `${name}.py`, String(port)], { cwd: here, env: { PYTHONIOENCODING: 'utf-8' } })
    // Apache's server had been probed before, and some nodes were there already.
    await run('p1')
    // A probe names its nodes after the second in which it runs.
    await pause(1100)
    for (const name of ['p1', 'p2', 'p4']) {
      const actual = normalise(await run(name)).map(withoutSasl)
      const expected = normalise(readFileSync(path.join(here, `${name}.apache-3.9.5.out`), 'utf8')).map(withoutSasl)
      for (const [index, line] of expected.entries()) {
        await report.check(`${name}, line ${index + 1}: ${line.slice(0, 70)}`, () => assert.equal(actual[index], line))
      }
      await report.check(`${name} says nothing more`, () => assert.equal(actual.length, expected.length))
    }
  } finally {
    await server.stop()
  }
  rmSync(folder, { recursive: true, force: true })
}
