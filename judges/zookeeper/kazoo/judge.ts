// kazoo's own test suite (Python), unmodified, against one standalone server. Apache ZooKeeper 3.9.5 has 476 passed, 0 failed, 17 skipped.
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root, temporaryFolder } from '../../lib/folders.ts'
import { freePorts } from '../../lib/free-ports.ts'
import type { JudgeContext } from '../../lib/judge.ts'
import { judgePythonSuite } from '../../lib/pytest.ts'
import { pythonEnvironment } from '../../lib/python-environment.ts'
import { startZooKeeper } from '../servers.ts'

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
  const options = '--pyargs kazoo.tests -p kazoo_external -o addopts= -W ignore --timeout 120'
  try {
    await judgePythonSuite(report, {
      python,
      folder,
      args: [...options.split(' '), ...(only === undefined ? [] : ['-k', only])],
      // Where CI is set the suite runs a test of its own build, and the counts are others.
      env: { CI: '', PYTHONPATH: here, KAZOO_EXTERNAL: `127.0.0.1:${port}` },
      timeoutMs: suiteTimeoutMs,
      expected: only === undefined ? expected : undefined,
    })
  } finally {
    await server.stop()
  }
  rmSync(folder, { recursive: true, force: true })
}
