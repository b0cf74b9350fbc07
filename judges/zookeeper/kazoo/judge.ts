// kazoo's own test suite (Python), unmodified, against one standalone server. Apache ZooKeeper 3.9.5 has 476 passed, 0 failed, 17 skipped.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root, temporaryFolder } from '../../lib/folders.ts'
import { freePorts } from '../../lib/free-ports.ts'
import type { JudgeContext } from '../../lib/judge.ts'
import { runCommand } from '../../lib/run-command.ts'
import { startZooKeeper } from '../servers.ts'
import { pythonEnvironment } from '../../lib/python-environment.ts'

const here = path.join(root, 'judges', 'zookeeper', 'kazoo')
/** What Apache's server comes to. */
const expected = { passed: 476, skipped: 17 }
const suiteTimeoutMs = 15 * 60_000

const jaas = `Server {
  org.apache.zookeeper.server.auth.DigestLoginModule required
  user_super="super_secret"
  user_jaasuser="jaas_password";
};
`

interface Outcome {
  readonly title: string
  readonly kind: 'passed' | 'failed' | 'skipped'
  readonly text: string
}

/** The tests in pytest's report in JUnit's form. */
function outcomesOf(xml: string): Outcome[] {
  const cases = xml.matchAll(/<testcase classname="([^"]*)" name="([^"]*)"[^>]*?(?:\/>|>([^]*?)<\/testcase>)/g)
  return [...cases].map(([, suite, name, body = '']) => {
    const kind = /<(failure|error)\b/.test(body) ? 'failed' : body.includes('<skipped') ? 'skipped' : 'passed'
    return { title: `${suite}.${name}`, kind, text: body }
  })
}

/** Only those whose names hold KAZOO_TESTS run if that is set, and then the counts are not compared. */
export async function judge({ report, target }: JudgeContext): Promise<void> {
  const python = await pythonEnvironment('kazoo', path.join(here, 'requirements.txt'))
  const folder = temporaryFolder('kazoo')
  const jaasFile = path.join(folder, 'jaas.conf')
  writeFileSync(jaasFile, jaas)
  const [port = 0] = await freePorts(1)
  const server = await startZooKeeper(target, {
    folder: path.join(folder, 'server'),
    port,
    javaOptions: ['-Dzookeeper.fips-mode=false', `-Djava.security.auth.login.config=${jaasFile}`],
    lines: [
      `java.security.auth.login.config=${jaasFile}`,
      'authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider',
      'DigestAuthenticationProvider.superDigest=super:D/InIHSb7yEEbrWz8b9l71RjZJU=',
      'extendedTypesEnabled=true',
      'reconfigEnabled=true',
    ],
  })
  const only = process.env['KAZOO_TESTS']
  const results = path.join(folder, 'results.xml')
  const usual =
    '--pyargs kazoo.tests -q -p no:cacheprovider -p kazoo_external -o addopts= -W ignore --timeout 120 --tb=short'
  try {
    await runCommand(
      python,
      ['-m', 'pytest', ...usual.split(' '), '--junitxml', results, ...(only === undefined ? [] : ['-k', only])],
      {
        cwd: folder,
        // Where CI is set the suite runs a test of its own build, and the counts are others.
        env: { CI: '', PYTHONPATH: here, PYTHONDONTWRITEBYTECODE: '1', KAZOO_EXTERNAL: `127.0.0.1:${port}` },
        timeoutMs: suiteTimeoutMs,
      },
    )
    const outcomes = existsSync(results) ? outcomesOf(readFileSync(results, 'utf8')) : []
    const of = (kind: Outcome['kind']): Outcome[] => outcomes.filter((outcome) => outcome.kind === kind)
    for (const { title, text } of of('failed')) {
      await report.check(title, () => assert.fail(text))
    }
    const counts = { passed: of('passed').length, skipped: of('skipped').length }
    await report.check(`kazoo's suite: ${counts.passed} passed, ${counts.skipped} skipped`, () => {
      if (only === undefined) assert.deepEqual(counts, expected)
      else assert.ok(counts.passed > 0)
    })
  } finally {
    await server.stop()
  }
  rmSync(folder, { recursive: true, force: true })
}
