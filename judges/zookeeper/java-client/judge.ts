// Apache ZooKeeper 3.9.5's own client, SASL and TLS included, and its shell zkCli.
import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root, temporaryFolder } from '../../lib/folders.ts'
import { freePorts } from '../../lib/free-ports.ts'
import type { JudgeContext } from '../../lib/judge.ts'
import { classpath } from '../../lib/maven.ts'
import { mustRun } from '../../lib/run-command.ts'
import { startZooKeeper } from '../servers.ts'

const certificates = path.join(root, 'packages', 'zookeeper', 'test', 'tls')
const source = path.join(root, 'judges', 'zookeeper', 'java-client', 'JavaClient.java')
const client = 'x509:CN=client,O=Odradek\\, tests,C=CZ'

const expected: readonly (readonly [step: string, outcome: string])[] = [
  ['sasl identities', 'sasl:bob'],
  ['sasl create', '/bob'],
  ['sasl creator', '/bob/all0000000000'],
  ['sasl acl', "[31,s{'sasl,'bob}\n]"],
  ['sasl read', '1'],
  ['watch', 'true'],
  ['tls identities', client],
  ['tls refused', 'NOAUTH'],
  ['tls create', '/carol'],
  ['tls acl', `[31,s{'x509,'${client.slice('x509:'.length).replaceAll(',', '%2C')}}\n]`],
  ['tls read', '200000'],
  ['others', 'NOAUTH'],
  ['ephemeral', 'null'],
]

export async function judge({ report, target }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('zookeeper-java-client')
  const jaasFile = path.join(folder, 'jaas.conf')
  writeFileSync(
    jaasFile,
    'Server { org.apache.zookeeper.server.auth.DigestLoginModule required user_bob="builder"; };\n',
  )
  const [port = 0, securePort = 0] = await freePorts(2)
  const server = await startZooKeeper(target, {
    folder: path.join(folder, 'server'),
    port,
    javaOptions: [
      '-Dzookeeper.fips-mode=false',
      `-Djava.security.auth.login.config=${jaasFile}`,
      '-Dzookeeper.serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory',
      '-Dzookeeper.authProvider.x509=org.apache.zookeeper.server.auth.X509AuthenticationProvider',
    ],
    lines: [
      `java.security.auth.login.config=${jaasFile}`,
      'authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider',
      'extendedTypesEnabled=true',
      `secureClientPort=${securePort}`,
      'secureClientPortAddress=127.0.0.1',
      `ssl.keyStore.location=${certificates}/server.pem`,
      `ssl.trustStore.location=${certificates}/ca.pem`,
    ],
  })
  const libraries = await classpath('zookeeper-3.9.5')
  const quiet = path.join(folder, 'logback.xml')
  writeFileSync(quiet, '<configuration><root level="OFF"/></configuration>\n')
  const java = (...args: string[]): Promise<string> =>
    mustRun('java', [`-Dlogback.configurationFile=${quiet}`, '-XX:+UseSerialGC', '-cp', libraries, ...args])
  try {
    const output = await java(source, `127.0.0.1:${port}`, `127.0.0.1:${securePort}`, certificates)
    for (const [step, outcome] of expected) {
      await report.check(step, () => assert.ok(output.includes(`${step}: ${outcome}\n`), output))
    }
    const shell = (...args: string[]): Promise<string> =>
      java('org.apache.zookeeper.ZooKeeperMain', '-server', `127.0.0.1:${port}`, ...args)
    await report.check('zkCli creates, reads, sets a quota', async () => {
      await shell('create', '/shell', 'from the shell')
      assert.match(await shell('get', '/shell'), /^from the shell$/m)
      await shell('setquota', '-n', '5', '/shell')
      assert.match(await shell('listquota', '/shell'), /count=5/)
    })
    await report.check('zkCli lists and deletes', async () => {
      await shell('deleteall', '/shell')
      assert.match(await shell('ls', '/'), /^\[bob, zookeeper\]$/m)
    })
  } finally {
    await server.stop()
  }
  rmSync(folder, { recursive: true, force: true })
}
