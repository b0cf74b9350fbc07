import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createNodeEnv } from '@odradek/env-node'
import { ZooKeeperClient } from '@odradek/zookeeper-client'
import { startApacheKafka } from '../lib/apache.ts'
import type { Daemon } from '../lib/daemon.ts'
import { temporaryFolder } from '../lib/folders.ts'
import { freePorts } from '../lib/free-ports.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { compiledJudges } from '../lib/java-classes.ts'
import { pollUntil } from '../lib/poll-until.ts'
import { recordedProperties } from '../lib/recorded-broker.ts'
import { mustRun } from '../lib/run-command.ts'
import { differences, normalised, readTree, recordedTree } from '../lib/znode-tree.ts'
import { startZooKeeper } from '../zookeeper/servers.ts'

const user = 'jaasuser'
const password = 'jaas_password'

/** A broker whose znodes are its own, below a chroot that it makes: `zookeeper.set.acl=true`, with SASL towards the server. */
export async function judgeSecured({ report, target }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('kafka-secured')
  const [zookeeperPort = 0, port = 0, saslPort = 0] = await freePorts(3)
  const jaasFile = path.join(folder, 'jaas.conf')
  const module = 'org.apache.zookeeper.server.auth.DigestLoginModule required'
  writeFileSync(
    jaasFile,
    `Server { ${module} user_${user}="${password}"; };\nClient { ${module} username="${user}" password="${password}"; };\n`,
  )
  const server = await startZooKeeper(target, {
    folder: path.join(folder, 'zookeeper'),
    port: zookeeperPort,
    javaOptions: ['-Dzookeeper.fips-mode=false', `-Djava.security.auth.login.config=${jaasFile}`],
    lines: [
      `java.security.auth.login.config=${jaasFile}`,
      'authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider',
    ],
  })
  const env = createNodeEnv({ log: { level: 'error' } })
  const connectString = `127.0.0.1:${zookeeperPort}/secured`
  const options = { connectString, sessionTimeoutMs: 20_000 }
  const owner = new ZooKeeperClient(env, { ...options, sasl: { user, password } })
  const stranger = new ZooKeeperClient(env, options)
  const java = await compiledJudges('clients-3.9.1')
  const step = (name: string): Promise<string> =>
    mustRun('java', ['-Xmx256m', '-cp', java, 'Stages', `127.0.0.1:${port}`, `127.0.0.1:${saslPort}`, name])
  let kafka: Daemon | undefined
  try {
    await owner.connect()
    await stranger.connect()
    await report.check(
      '20-secure-acls: a broker with zookeeper.set.acl=true; tree and ACLs are as on Apache ZooKeeper',
      async () => {
        kafka = await startApacheKafka({
          folder: path.join(folder, 'kafka'),
          port,
          zookeeper: connectString,
          logDir: path.join(folder, 'logs'),
          properties: { ...recordedProperties(9, port, saslPort), 'broker.rack': 'r1', 'zookeeper.set.acl': 'true' },
          javaOptions: [`-Djava.security.auth.login.config=${jaasFile}`],
        })
        const expected = normalised(recordedTree('20-secure-acls-zookeeper.set.acl=true-sasl-jaasuser'))
        await pollUntil<boolean>('the tree is as recorded', 20_000, async () => {
          const wrong = differences(normalised(await readTree(owner)), expected)
          if (wrong.length > 0) throw new Error(`${wrong.length} nodes differ\n${wrong.slice(0, 5).join('\n')}`)
          return true
        })
      },
    )
    await report.check('a SCRAM user is kept where nobody else may look, and logs in', async () => {
      for (const name of ['topic', 'configs-of-users', 'token']) await step(name)
      const { acl } = await owner.getAcl('/config/users/admin')
      assert.deepEqual(acl, [{ perms: 31, id: { scheme: 'sasl', id: user } }])
      assert.match(String((await owner.getData('/config/users/admin')).data), /SCRAM-SHA-256/)
      await assert.rejects(stranger.getData('/config/users/admin'), { code: 'NO_AUTH' })
      await assert.rejects(stranger.create('/brokers/ids/1', null), { code: 'NO_AUTH' })
      assert.match(String((await stranger.getData('/brokers/topics/t1')).data), /"partitions"/)
    })
  } finally {
    await owner.close()
    await stranger.close()
    await kafka?.stop()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
