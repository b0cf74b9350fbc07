// TLS, client certificates and every SASL mechanism of ours, with Apache Kafka 4.3.1.
import assert from 'node:assert/strict'
import { pbkdf2Sync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Cluster, commonKeys, parseConfig } from '@odradek/client'
import { createProducer } from '@odradek/client/node'
import { createNodeEnv } from '@odradek/env-node'
import {
  alterUserScramCredentialsRequest,
  alterUserScramCredentialsResponse,
} from '@odradek/kafka-protocol/messages/51-alter-user-scram-credentials'
import { startKraftTarget } from '../lib/apache-kraft.ts'
import { temporaryFolder } from '../lib/folders.ts'
import { freePorts } from '../lib/free-ports.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { pause } from '../lib/poll-until.ts'
import { mustRun } from '../lib/run-command.ts'

const password = 'secret-of-judges'
const modules = 'org.apache.kafka.common.security'

/** A certificate authority, and certificates for a broker on 127.0.0.1 and for a client. */
async function makeCertificates(folder: string): Promise<void> {
  const openssl = (...args: string[]): Promise<unknown> => mustRun('openssl', args, { cwd: folder })
  await openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=judge-ca',
    '-days',
    '2',
  )
  for (const name of ['broker', 'client']) {
    await openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
      '-addext',
      'subjectAltName=IP:127.0.0.1',
    )
    await openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.pem`,
      '-days',
      '2',
      '-copy_extensions',
      'copy',
    )
  }
  await openssl(
    'pkcs12',
    '-export',
    '-inkey',
    'broker.key',
    '-in',
    'broker.pem',
    '-certfile',
    'ca.pem',
    '-out',
    'broker.p12',
    '-passout',
    `pass:${password}`,
  )
  await openssl(
    'pkcs12',
    '-export',
    '-inkey',
    'client.key',
    '-in',
    'client.pem',
    '-out',
    'client.p12',
    '-passout',
    `pass:${password}`,
  )
  await mustRun(
    'keytool',
    [
      '-importcert',
      '-noprompt',
      '-alias',
      'ca',
      '-file',
      'ca.pem',
      '-keystore',
      'trust.p12',
      '-storetype',
      'PKCS12',
      '-storepass',
      password,
    ],
    { cwd: folder },
  )
}

async function createScramUser(bootstrap: string): Promise<void> {
  const cluster = new Cluster(
    createNodeEnv({ log: { level: 'error' } }),
    parseConfig(commonKeys, { 'bootstrap.servers': bootstrap }),
  )
  const salt = Buffer.from('salt-of-judges')
  const upsertions = (['sha256', 'sha512'] as const).map((hash, index) => ({
    name: 'alice',
    mechanism: index + 1,
    iterations: 4096,
    salt,
    saltedPassword: pbkdf2Sync(password, salt, 4096, index === 0 ? 32 : 64, hash),
  }))
  // Brokers take a user once in a request.
  for (const upsertion of upsertions) {
    const answer = await cluster.retry({ timeoutMs: 30_000 }, () =>
      cluster.links
        .leastLoaded()
        .send(alterUserScramCredentialsRequest, alterUserScramCredentialsResponse, { upsertions: [upsertion] }),
    )
    assert.deepEqual(
      answer.results.map(({ errorCode }) => errorCode),
      [0],
    )
  }
  await pause(1000)
  cluster.close()
}

export async function judgeSecurity({ report }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('judge-client-security')
  await makeCertificates(folder)
  const file = (name: string): string => path.join(folder, name)
  const [plain = 0, tls = 0, mutual = 0, sasl = 0, saslTls = 0, controller = 0] = await freePorts(6)
  const mechanisms = 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER'
  const saslOf = (listener: string): Record<string, string> => ({
    [`listener.name.${listener}.sasl.enabled.mechanisms`]: mechanisms,
    [`listener.name.${listener}.plain.sasl.jaas.config`]: `${modules}.plain.PlainLoginModule required user_alice="${password}";`,
    [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`]: `${modules}.scram.ScramLoginModule required;`,
    [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`]: `${modules}.scram.ScramLoginModule required;`,
    [`listener.name.${listener}.oauthbearer.sasl.jaas.config`]: `${modules}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
    [`listener.name.${listener}.oauthbearer.sasl.server.callback.handler.class`]: `${modules}.oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler`,
  })
  const target = await startKraftTarget({
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${plain},SSL://127.0.0.1:${tls},MUTUAL://127.0.0.1:${mutual},SASL_PLAINTEXT://127.0.0.1:${sasl},SASL_SSL://127.0.0.1:${saslTls},CONTROLLER://127.0.0.1:${controller}`,
    'listener.security.protocol.map':
      'PLAINTEXT:PLAINTEXT,SSL:SSL,MUTUAL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'ssl.keystore.location': file('broker.p12'),
    'ssl.keystore.password': password,
    'ssl.truststore.location': file('trust.p12'),
    'ssl.truststore.password': password,
    'listener.name.mutual.ssl.client.auth': 'required',
    ...saslOf('sasl_plaintext'),
    ...saslOf('sasl_ssl'),
    'connections.max.reauth.ms': '3000',
  })
  const trust = { 'ssl.truststore.location': file('ca.pem') }
  const login = { 'sasl.username': 'alice', 'sasl.password': password }
  const oauth = {
    'sasl.jaas.config': `${modules}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="alice";`,
  }
  try {
    await createScramUser(`127.0.0.1:${plain}`)
    const sends = async (port: number, given: object): Promise<void> => {
      const producer = createProducer({ 'bootstrap.servers': `127.0.0.1:${port}`, 'max.block.ms': 8000, ...given })
      try {
        await producer.send({ topic: 'secure', value: 'x' })
      } finally {
        await producer.close()
      }
    }
    await report.check('TLS with the authority given', () => sends(tls, { 'security.protocol': 'SSL', ...trust }))
    await report.check('TLS refuses an authority that it does not know', () =>
      assert.rejects(sends(tls, { 'security.protocol': 'SSL' }), { message: /no TLS with 127.0.0.1/ }),
    )
    const pem = {
      'ssl.keystore.key': readFileSync(file('client.key'), 'utf8'),
      'ssl.keystore.certificate.chain': readFileSync(file('client.pem'), 'utf8'),
    }
    await report.check('a client certificate in PEM', () =>
      sends(mutual, { 'security.protocol': 'SSL', ...trust, ...pem }),
    )
    await report.check('a client certificate in PKCS12', () =>
      sends(mutual, {
        'security.protocol': 'SSL',
        ...trust,
        'ssl.keystore.type': 'PKCS12',
        'ssl.keystore.location': file('client.p12'),
        'ssl.keystore.password': password,
      }),
    )
    await report.check('without a client certificate the broker ends the connection', () =>
      assert.rejects(sends(mutual, { 'security.protocol': 'SSL', ...trust })),
    )
    for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'] as const) {
      const credentials = { 'sasl.mechanism': mechanism, ...(mechanism === 'OAUTHBEARER' ? oauth : login) }
      await report.check(`${mechanism}, plain and over TLS`, async () => {
        await sends(sasl, { 'security.protocol': 'SASL_PLAINTEXT', ...credentials })
        await sends(saslTls, { 'security.protocol': 'SASL_SSL', ...trust, ...credentials })
      })
      if (mechanism === 'OAUTHBEARER') continue
      await report.check(`${mechanism}: a wrong password is refused at once`, () =>
        assert.rejects(
          sends(sasl, { 'security.protocol': 'SASL_PLAINTEXT', ...credentials, 'sasl.password': 'wrong' }),
          { code: 'AUTHENTICATION_FAILED' },
        ),
      )
    }
    await report.check('sessions of three seconds are renewed while records go out, in order', async () => {
      const producer = createProducer({
        'bootstrap.servers': `127.0.0.1:${sasl}`,
        'security.protocol': 'SASL_PLAINTEXT',
        'sasl.mechanism': 'SCRAM-SHA-256',
        ...login,
      })
      let last = -1
      for (const endMs = performance.now() + 8000; performance.now() < endMs;) {
        const sent = await producer.sendBatch(Array.from({ length: 50 }, () => ({ topic: 'renewed', value: 'x' })))
        for (const { offset } of sent) assert.equal(offset, ++last)
      }
      await producer.close()
    })
  } finally {
    await target.stop()
    target.remove()
  }
}
