// TLS, client certificates and every SASL mechanism of ours, with Apache Kafka 4.3.1.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createProducer } from '@odradek/client/node'
import type { JudgeContext } from '../lib/judge.ts'
import { password, securityPackage, startSecureKraft } from '../lib/secure-kraft.ts'

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
