// Two nodes of Apache Kafka 4.3.1, each broker and controller, whose second may become a voter: what every call of the admin client is tried on.
import path from 'node:path'
import { startKraftTarget } from '../lib/apache-kraft.ts'
import type { KraftTarget } from '../lib/apache-kraft.ts'
import { root, temporaryFolder } from '../lib/folders.ts'
import { freePorts } from '../lib/free-ports.ts'
import { javaClasses } from '../lib/java-classes.ts'

export const password = 'secret-of-judges'
const security = 'org.apache.kafka.common.security'

export interface TwoNodes {
  /** Of the first node, who logs in as nobody and may do everything. */
  readonly bootstrap: string
  /** A listener of the first node for PLAIN (user alice) and, with delegation tokens, SCRAM-SHA-256. */
  readonly sasl: string
  /** Where the second node's controller listens. */
  readonly secondController: { readonly host: string; readonly port: number }
  readonly secondPort: number
  /** The log directories of both. */
  readonly logDirs: ReadonlyMap<number, readonly string[]>
  stopSecond(): Promise<void>
  end(): Promise<void>
}

export async function startTwoNodes(): Promise<TwoNodes> {
  const [plain = 0, sasl = 0, controller = 0, plain2 = 0, controller2 = 0] = await freePorts(5)
  const folder = temporaryFolder('judge-client-admin')
  const logDirs = new Map([1, 2].map((id) => [id, [path.join(folder, `${id}-a`), path.join(folder, `${id}-b`)]]))
  const source = path.join(root, 'judges', 'client-telemetry', 'TelemetryReceiver.java')
  const classes = await javaClasses('telemetry-receiver', 'kafka-4.3.1', [source])
  const listener = 'listener.name.sasl_plaintext'
  const shared = {
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controller}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS;User:alice',
    'allow.everyone.if.no.acl.found': 'true',
    'delegation.token.secret.key': 'secret-of-the-cluster',
    'transaction.partition.verification.enable': 'false',
    'metric.reporters': 'TelemetryReceiver',
    'judge.telemetry.file': path.join(folder, 'pushed.txt'),
  }
  const first = startKraftTarget(
    {
      ...shared,
      'log.dirs': (logDirs.get(1) ?? []).join(','),
      listeners: `PLAINTEXT://127.0.0.1:${plain},SASL_PLAINTEXT://127.0.0.1:${sasl},CONTROLLER://127.0.0.1:${controller}`,
      [`${listener}.sasl.enabled.mechanisms`]: 'PLAIN,SCRAM-SHA-256',
      [`${listener}.plain.sasl.jaas.config`]: `${security}.plain.PlainLoginModule required user_alice="${password}";`,
      [`${listener}.scram-sha-256.sasl.jaas.config`]: `${security}.scram.ScramLoginModule required;`,
    },
    { classes, formatOptions: ['--standalone'] },
  )
  const second = first.then(() =>
    startKraftTarget(
      {
        ...shared,
        'node.id': '2',
        'log.dirs': (logDirs.get(2) ?? []).join(','),
        listeners: `PLAINTEXT://127.0.0.1:${plain2},CONTROLLER://127.0.0.1:${controller2}`,
      },
      { classes, formatOptions: ['--no-initial-controllers'] },
    ),
  )
  const nodes: readonly KraftTarget[] = await Promise.all([first, second])
  let isSecondRunning = true
  const stopSecond = async (): Promise<void> => {
    if (isSecondRunning) await nodes[1]?.stop()
    isSecondRunning = false
  }
  return {
    bootstrap: `127.0.0.1:${plain}`,
    sasl: `127.0.0.1:${sasl}`,
    secondController: { host: '127.0.0.1', port: controller2 },
    secondPort: plain2,
    logDirs,
    stopSecond,
    async end() {
      await stopSecond()
      await nodes[0]?.stop()
      for (const node of nodes) node.remove()
    },
  }
}
