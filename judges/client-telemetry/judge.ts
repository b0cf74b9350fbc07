// Apache Kafka 4.3.1 lets our client in by tokens of an OIDC endpoint, whose signatures it checks, and takes the metrics that our client pushes (KIP-714).
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { createAdmin, createConsumer, createProducer } from '@odradek/client/node'
import { startKraftTarget } from '../lib/apache-kraft.ts'
import { root, temporaryFolder } from '../lib/folders.ts'
import { freePorts } from '../lib/free-ports.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { pollUntil } from '../lib/poll-until.ts'
import { TokenEndpoint } from './token-endpoint.ts'
import { javaClasses } from '../lib/java-classes.ts'

const oauthbearer = 'org.apache.kafka.common.security.oauthbearer'

export async function judge({ report }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('judge-telemetry')
  const pushedFile = path.join(folder, 'pushed.txt')
  const [plain = 0, sasl = 0, controller = 0] = await freePorts(3)
  const tokens = await TokenEndpoint.start()
  const listener = 'listener.name.sasl_plaintext.oauthbearer'
  const target = await startKraftTarget(
    {
      'controller.quorum.voters': `1@127.0.0.1:${controller}`,
      listeners: `PLAINTEXT://127.0.0.1:${plain},SASL_PLAINTEXT://127.0.0.1:${sasl},CONTROLLER://127.0.0.1:${controller}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name': 'PLAINTEXT',
      'listener.name.sasl_plaintext.sasl.enabled.mechanisms': 'OAUTHBEARER',
      [`${listener}.sasl.jaas.config`]: `${oauthbearer}.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
      [`${listener}.sasl.server.callback.handler.class`]: `${oauthbearer}.OAuthBearerValidatorCallbackHandler`,
      'sasl.oauthbearer.jwks.endpoint.url': tokens.jwksUrl,
      'sasl.oauthbearer.expected.audience': 'judges',
      'connections.max.reauth.ms': '3000',
      'metric.reporters': 'TelemetryReceiver',
      'judge.telemetry.file': pushedFile,
    },
    {
      classes: await receiverClasses(),
      jvmOptions: [`-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${tokens.jwksUrl}`],
    },
  )
  try {
    await report.check('tokens by client credentials let the client in, new ones before they end', () =>
      byTokens(tokens, sasl),
    )
    await report.check('a client whose credentials are wrong is refused by name', () => byWrongSecret(tokens, sasl))
    await report.check('producer, consumer and admin push their metrics under the ids that they show', () =>
      pushes(target.bootstrap, pushedFile),
    )
  } finally {
    await target.stop()
    target.remove()
    await tokens.stop()
  }
}

/** The receiver compiled against the broker's libraries. */
function receiverClasses(): Promise<string> {
  const source = path.join(root, 'judges', 'client-telemetry', 'TelemetryReceiver.java')
  return javaClasses('telemetry-receiver', 'kafka-4.3.1', [source])
}

function oidc(tokens: TokenEndpoint, port: number, secret: string) {
  return {
    'bootstrap.servers': `127.0.0.1:${port}`,
    'security.protocol': 'SASL_PLAINTEXT',
    'sasl.mechanism': 'OAUTHBEARER',
    'sasl.oauthbearer.token.endpoint.url': tokens.tokenUrl,
    'sasl.oauthbearer.client.credentials.client.id': 'alice',
    'sasl.oauthbearer.client.credentials.client.secret': secret,
  } as const
}

async function byTokens(tokens: TokenEndpoint, port: number): Promise<void> {
  const producer = createProducer(oidc(tokens, port, tokens.secret))
  let last = -1
  for (const endMs = performance.now() + 7000; performance.now() < endMs;) {
    const sent = await producer.sendBatch(Array.from({ length: 20 }, () => ({ topic: 'by-tokens', value: 'x' })))
    for (const { offset } of sent) assert.equal(offset, ++last)
  }
  await producer.close()
  assert.ok(tokens.given >= 2, `${tokens.given} tokens`)
}

async function byWrongSecret(tokens: TokenEndpoint, port: number): Promise<void> {
  const producer = createProducer({ ...oidc(tokens, port, 'wrong'), 'max.block.ms': 8000 })
  await assert.rejects(producer.send({ topic: 'by-tokens', value: 'x' }), (error: Error) =>
    /gave no access_token: status 401/.test(`${error.message} ${String((error.cause as Error | undefined)?.message)}`),
  )
  await producer.close()
}

async function pushes(bootstrap: string, file: string): Promise<void> {
  const admin = createAdmin({ 'bootstrap.servers': bootstrap, 'client.id': 'the-admin' })
  const operations = [
    { name: 'metrics', operation: 'SET' as const, value: '*' },
    { name: 'interval.ms', operation: 'SET' as const, value: '500' },
  ]
  await admin.incrementalAlterConfigs([{ type: 'CLIENT_METRICS', name: 'all', operations }])
  const producer = createProducer({ 'bootstrap.servers': bootstrap, 'client.id': 'the-producer' })
  await producer.sendBatch(Array.from({ length: 30 }, () => ({ topic: 'measured', partition: 0, value: 'x' })))
  const consumer = createConsumer({
    'bootstrap.servers': bootstrap,
    'client.id': 'the-consumer',
    'group.id': 'measured',
    'auto.offset.reset': 'earliest',
  })
  consumer.subscribe('measured')
  let count = 0
  const running = consumer.run({
    eachRecord: () => {
      count++
    },
  })
  const ids = [await producer.clientInstanceId(), await consumer.clientInstanceId()] as const
  const total = (id: string, clientId: string, name: string): number =>
    linesOf(file)
      .filter((line) => line.startsWith(`${id} ${clientId} `) && line.includes(`sum org.apache.kafka.${name} `))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  await pollUntil('30 records of the producer and of the consumer', 30_000, () => {
    const [sent, read] = [
      total(ids[0], 'the-producer', 'producer.record.send.total'),
      total(ids[1], 'the-consumer', 'consumer.fetch.manager.records.consumed.total'),
    ]
    // Those of each topic have the same name behind another group, or with the topic beside it.
    if (sent === 30 && read >= 30) return true
    throw new Error(`${sent} sent, ${read} consumed, ${count} seen`)
  })
  assert.match(await admin.clientInstanceId(), /^[\w-]{22}$/)
  await producer.close()
  await consumer.close()
  await running
  admin.close()
  assert.ok(
    linesOf(file).some((line) => line.startsWith(`${ids[0]} the-producer true `)),
    'the last push says that it is the last',
  )
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
}
