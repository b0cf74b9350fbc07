// TLS, client certificates and every SASL mechanism of ours, with Apache Kafka 4.3.1.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createProducer } from '@odradek/client/node'
import type { JudgeContext } from '../lib/judge.ts'
import { password, securityPackage, startSecureKraft } from '../lib/secure-kraft.ts'
import type { SecureKraft } from '../lib/secure-kraft.ts'

export async function judgeSecurity({ report }: JudgeContext): Promise<void> {
  const broker = await startSecureKraft()
  const { file } = broker
  const { tls, mutual, sasl, saslTls } = broker.ports
  const trust = { 'ssl.truststore.location': file('ca.pem') }
  const login = { 'sasl.username': 'alice', 'sasl.password': password }
  const oauth = {
    'sasl.jaas.config': `${securityPackage}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="alice";`,
  }
  try {
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
    for (const { name, port, given, code, message } of mismatches(broker.ports, trust, login)) {
      await report.check(`the wrong security.protocol: ${name}`, () =>
        assert.rejects(sends(port, { ...given, 'max.block.ms': 2000 }), (error: Error & { code: string }) => {
          assert.equal(error.code, code)
          assert.match(error.message, message)
          assert.ok(!error.message.includes(password))
          return true
        }),
      )
    }
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
    await broker.end()
  }
}

interface Mismatch {
  readonly name: string
  readonly port: number
  readonly given: object
  readonly code: string
  readonly message: RegExp
}

/** A client that is set up for another kind of listener than the one that it reaches: what it says names the key. */
function mismatches(ports: SecureKraft['ports'], trust: object, login: object): Mismatch[] {
  const { plain, tls, mutual, sasl, saslTls } = ports
  const ssl = { 'security.protocol': 'SSL', ...trust }
  const plainLogin = { 'sasl.mechanism': 'PLAIN', ...login }
  const saslPlaintext = { 'security.protocol': 'SASL_PLAINTEXT', ...plainLogin }
  const saslSsl = { 'security.protocol': 'SASL_SSL', ...trust, ...plainLogin }
  const speaksTls = /speaks TLS, and this client does not; set security\.protocol=SSL, or SASL_SSL/
  const withoutSasl = /does not want SASL: set security\.protocol=PLAINTEXT \(SSL instead of SASL_SSL\)/
  const closes = (protocol: string): RegExp =>
    new RegExp(`without TLS does this \\(then set security.protocol=${protocol}\\)`)
  return [
    { name: 'PLAINTEXT on TLS', port: tls, given: {}, code: 'WRONG_LISTENER', message: speaksTls },
    { name: 'PLAINTEXT on SASL_SSL', port: saslTls, given: {}, code: 'WRONG_LISTENER', message: speaksTls },
    { name: 'SASL_PLAINTEXT on TLS', port: tls, given: saslPlaintext, code: 'WRONG_LISTENER', message: /=SASL_SSL$/ },
    {
      name: 'PLAINTEXT on SASL_PLAINTEXT',
      port: sasl,
      given: {},
      code: 'TIMED_OUT',
      message: /wants SASL does this: then set security\.protocol=SASL_PLAINTEXT and sasl\.mechanism/,
    },
    {
      name: 'SSL on SASL_SSL',
      port: saslTls,
      given: ssl,
      code: 'TIMED_OUT',
      message: /wants SASL does this: then set security\.protocol=SASL_SSL and sasl\.mechanism/,
    },
    { name: 'SSL on PLAINTEXT', port: plain, given: ssl, code: 'TIMED_OUT', message: closes('PLAINTEXT') },
    {
      name: 'SASL_SSL on SASL_PLAINTEXT',
      port: sasl,
      given: saslSsl,
      code: 'TIMED_OUT',
      message: closes('SASL_PLAINTEXT'),
    },
    {
      name: 'SASL_PLAINTEXT on PLAINTEXT',
      port: plain,
      given: saslPlaintext,
      code: 'AUTHENTICATION_FAILED',
      message: withoutSasl,
    },
    { name: 'SASL_SSL on SSL', port: tls, given: saslSsl, code: 'AUTHENTICATION_FAILED', message: withoutSasl },
    {
      name: 'no client certificate',
      port: mutual,
      given: ssl,
      code: 'WRONG_LISTENER',
      message: /bad certificate.*set ssl\.keystore\.location/,
    },
    {
      name: 'an authority that is not known',
      port: tls,
      given: { 'security.protocol': 'SSL' },
      code: 'WRONG_LISTENER',
      message: /not believed: set ssl\.truststore\.location/,
    },
    {
      name: 'a wrong password',
      port: sasl,
      given: { ...saslPlaintext, 'sasl.password': 'wrong' },
      code: 'AUTHENTICATION_FAILED',
      message: /Invalid username or password; check sasl\.username and sasl\.password/,
    },
  ]
}
