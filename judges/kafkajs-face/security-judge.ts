// TLS, client certificates and each way of authenticating that kafkajs offers, by `@odradek/kafkajs` with Apache Kafka 4.3.1.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { Kafka, KafkaJSSASLAuthenticationError, logLevel } from '../../packages/kafkajs/src/index.ts'
import type { KafkaConfig, Mechanism, SASLOptions } from '../../packages/kafkajs/src/index.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { pollUntil } from '../lib/poll-until.ts'
import { password, startSecureKraft } from '../lib/secure-kraft.ts'

const renewalsMs = 8000
const readTimeoutMs = 20_000
const topic = 'secure'

/** PLAIN as a program would bring it itself. */
const ownPlain = (username: string, given: string): Mechanism => ({
  mechanism: 'PLAIN',
  authenticationProvider: ({ saslAuthenticate }) => ({
    authenticate: async () => {
      const bytes = Buffer.from(`\0${username}\0${given}`)
      const length = Buffer.alloc(4)
      length.writeInt32BE(bytes.length)
      const response = { decode: (raw: Buffer) => raw.subarray(4), parse: (data: Buffer) => data.length }
      const answered = await saslAuthenticate({ request: { encode: () => Buffer.concat([length, bytes]) }, response })
      assert.equal(answered, 0)
    },
  }),
})

/** A token without a signature, for ten seconds. Counts how often it was asked for. */
function tokens() {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const provider = {
    asked: 0,
    oauthBearerProvider: () => {
      provider.asked += 1
      const now = Math.floor(Date.now() / 1000)
      const value = `${part({ alg: 'none' })}.${part({ sub: 'alice', iat: now, exp: now + 10 })}.`
      return Promise.resolve({ value })
    },
  }
  return provider
}

export async function judge({ report }: JudgeContext): Promise<void> {
  const broker = await startSecureKraft()
  const { tls, mutual, sasl, saslTls } = broker.ports
  const pem = (name: string): string => readFileSync(broker.file(name), 'utf8')
  const trust = { ca: [pem('ca.pem')] }
  const kafkaOf = (port: number, given: Partial<KafkaConfig>): Kafka =>
    new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING, retry: { retries: 0 }, ...given })

  /** Producer, consumer and admin get through; what was sent is read. */
  const works = async (port: number, given: Partial<KafkaConfig>): Promise<void> => {
    const kafka = kafkaOf(port, { ...given, retry: { retries: 5 } })
    const [admin, producer] = [kafka.admin(), kafka.producer()]
    await Promise.all([admin.connect(), producer.connect()])
    await admin.createTopics({ topics: [{ topic }] })
    const value = `${port} ${performance.now()}`
    await producer.send({ topic, messages: [{ value }] })
    const consumer = kafka.consumer({ groupId: value, maxWaitTimeInMs: 100 })
    const read = new Set<string>()
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({ eachMessage: async ({ message }) => void read.add(String(message.value)) })
    await pollUntil('what was sent is read', readTimeoutMs, () => (read.has(value) ? true : undefined))
    await Promise.all([consumer.disconnect(), admin.disconnect(), producer.disconnect()])
  }
  const refusal = async (port: number, given: Partial<KafkaConfig>): Promise<Error> => {
    const producer = kafkaOf(port, given).producer()
    const error = await producer.connect().then(
      () => undefined,
      (thrown: Error) => thrown,
    )
    await producer.disconnect()
    assert.ok(error !== undefined, 'the broker was reached')
    return error
  }

  try {
    await report.check('TLS with the authority given', () => works(tls, { ssl: trust }))
    await report.check('TLS that verifies nothing', () => works(tls, { ssl: { rejectUnauthorized: false } }))
    await report.check('TLS refuses an authority that it does not know', async () => {
      const error = await refusal(tls, { ssl: true })
      assert.equal(error.name, 'KafkaJSNumberOfRetriesExceeded')
      assert.match(String(error.cause), /KafkaJSConnectionError: Connection error: .*certificate/)
    })
    await report.check('a client certificate', () =>
      works(mutual, { ssl: { ...trust, key: pem('client.key'), cert: pem('client.pem') } }),
    )
    await report.check('without a client certificate the broker ends the connection', async () => {
      assert.equal((await refusal(mutual, { ssl: trust })).name, 'KafkaJSNumberOfRetriesExceeded')
    })
    await report.check("the program's own sockets, with TLS made by the program", () =>
      works(sasl, {
        sasl: { mechanism: 'plain', username: 'alice', password },
        socketFactory: ({ host, port, onConnect }) => createConnection({ host, port }, onConnect),
      }),
    )
    const logins = [
      ['plain', 'PLAIN'],
      ['scram-sha-256', 'SCRAM SHA256'],
      ['scram-sha-512', 'SCRAM SHA512'],
    ] as const
    for (const [mechanism, label] of logins) {
      await report.check(`${mechanism}, plain and over TLS`, async () => {
        const login = { mechanism, username: 'alice', password } as SASLOptions
        await works(sasl, { sasl: login })
        await works(saslTls, { ssl: trust, sasl: login })
      })
      await report.check(`${mechanism}: a wrong password is refused at once`, async () => {
        const error = await refusal(sasl, {
          retry: { retries: 5 },
          sasl: { mechanism, username: 'alice', password: 'wrong' } as SASLOptions,
        })
        assert.ok(error instanceof KafkaJSSASLAuthenticationError)
        assert.ok(error.message.startsWith(`SASL ${label} authentication failed: `), error.message)
        assert.equal(error.retriable, false)
      })
    }
    await report.check('oauthbearer by a provider of tokens, plain and over TLS', async () => {
      await works(sasl, { sasl: { mechanism: 'oauthbearer', ...tokens() } })
      await works(saslTls, { ssl: trust, sasl: { mechanism: 'oauthbearer', ...tokens() } })
    })
    await report.check('oauthbearer: a token that is none is refused', async () => {
      const oauthBearerProvider = () => Promise.resolve({ value: 'no token' })
      const error = await refusal(sasl, { sasl: { mechanism: 'oauthbearer', oauthBearerProvider } })
      assert.ok(error instanceof KafkaJSSASLAuthenticationError)
    })
    await report.check('a mechanism of the program itself', async () => {
      await works(saslTls, { ssl: trust, sasl: ownPlain('alice', password) })
      assert.match((await refusal(sasl, { sasl: ownPlain('alice', 'wrong') })).message, /[Aa]uthentication failed/)
    })
    await report.check('a mechanism that the broker does not have is refused', async () => {
      const sasl_ = { ...ownPlain('alice', password), mechanism: 'UNHEARD-OF' }
      const { message } = await refusal(sasl, { sasl: sasl_ })
      assert.equal(message, 'SASL UNHEARD-OF mechanism is not supported by the server')
    })
    const provider = tokens()
    const renewed = [
      ['oauthbearer', { mechanism: 'oauthbearer', ...provider }],
      ['a mechanism of the program itself', ownPlain('alice', password)],
    ] as const
    for (const [name, own] of renewed) {
      await report.check(`${name}: sessions of three seconds are renewed while messages go out`, async () => {
        const producer = kafkaOf(sasl, { sasl: own, retry: { retries: 5 } }).producer()
        await producer.connect()
        let last = -1
        for (const endMs = performance.now() + renewalsMs; performance.now() < endMs;) {
          const [sent] = await producer.send({ topic: `renewed-${name.length}`, messages: [{ value: 'x' }] })
          assert.equal(Number(sent?.baseOffset), ++last)
        }
        await producer.disconnect()
      })
    }
    await report.check('a new token is asked for at each renewal', () =>
      assert.ok(provider.asked >= 3, `${provider.asked}`),
    )
  } finally {
    await broker.end()
  }
}
