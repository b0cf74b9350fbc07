import type { BrokerConnection, ClientError } from '@odradek/client'
import { errorOf } from '@odradek/kafka-protocol'
import { saslHandshakeRequest, saslHandshakeResponse } from '@odradek/kafka-protocol/messages/17-sasl-handshake'
import {
  saslAuthenticateRequest,
  saslAuthenticateResponse,
} from '@odradek/kafka-protocol/messages/36-sasl-authenticate'
import { KafkaJSProtocolError, KafkaJSSASLAuthenticationError } from '../errors.ts'
import { protocolErrorFacts } from '../protocol-error.ts'
import type { KafkaConfig, Mechanism, SaslAuthenticateArgs, SASLOptions } from '../types/config.ts'
import type { Logger } from '../types/logger.ts'

const lengthBytes = 4
const separator = '\u0001'

/** How kafkajs names mechanisms in its errors. */
const labels: Readonly<Record<string, string>> = {
  PLAIN: 'PLAIN',
  'SCRAM-SHA-256': 'SCRAM SHA256',
  'SCRAM-SHA-512': 'SCRAM SHA512',
  AWS: 'AWS-IAM',
}

function labelOf(mechanism: string): string {
  return labels[mechanism.toUpperCase()] ?? mechanism.toUpperCase()
}

/** As kafkajs tells that a broker did not let the client in. */
export function saslFailure(sasl: KafkaConfig['sasl'], error: ClientError): KafkaJSSASLAuthenticationError {
  if (error.cause instanceof KafkaJSSASLAuthenticationError) return error.cause
  return new KafkaJSSASLAuthenticationError(
    `SASL ${labelOf(sasl?.mechanism ?? '')} authentication failed: ${error.message}`,
    { cause: error },
  )
}

type Authenticate = (connection: BrokerConnection) => Promise<number>

/** The way of authenticating of mechanisms that the client has not, or has otherwise: AWS, OAUTHBEARER by a provider, and the user's own. */
export function authenticatorOf(sasl: KafkaConfig['sasl'], logger: Logger): Authenticate | undefined {
  if (sasl === undefined || sasl === null) return undefined
  const mechanism = sasl.mechanism.toUpperCase()
  if ('authenticationProvider' in sasl) return (connection) => byProvider(connection, mechanism, sasl, logger)
  if (mechanism === 'AWS') return (connection) => once(connection, mechanism, () => awsBytes(sasl))
  if (mechanism === 'OAUTHBEARER') return (connection) => once(connection, mechanism, () => tokenBytes(sasl))
  return undefined
}

/** One message of the client's, and the broker's yes. */
async function once(connection: BrokerConnection, mechanism: string, bytes: () => Promise<string>): Promise<number> {
  try {
    const authBytes = Buffer.from(await bytes())
    await handshake(connection, mechanism)
    return (await exchange(connection, authBytes)).lifetimeMs
  } catch (thrown) {
    if (thrown instanceof KafkaJSProtocolError) {
      throw new KafkaJSSASLAuthenticationError(`SASL ${labelOf(mechanism)} authentication failed: ${thrown.message}`)
    }
    throw thrown
  }
}

async function byProvider(
  connection: BrokerConnection,
  mechanism: string,
  sasl: Mechanism,
  logger: Logger,
): Promise<number> {
  await handshake(connection, mechanism)
  let lifetimeMs = Infinity
  const saslAuthenticate = async <Result>({
    request,
    response,
  }: SaslAuthenticateArgs<Result>): Promise<Result | void> => {
    // Providers write the length in front, as the wire has it.
    const framed = await request.encode()
    const answer = await exchange(connection, framed.subarray(lengthBytes))
    lifetimeMs = answer.lifetimeMs
    if (response === undefined) return undefined
    const raw = Buffer.alloc(lengthBytes + answer.authBytes.length)
    raw.writeInt32BE(answer.authBytes.length)
    answer.authBytes.copy(raw, lengthBytes)
    return response.parse(await response.decode(raw))
  }
  const { host, port } = connection
  const provided = { host, port, logger: logger.namespace(`SaslAuthenticator-${mechanism}`), saslAuthenticate }
  await sasl.authenticationProvider(provided).authenticate()
  return lifetimeMs
}

async function handshake(connection: BrokerConnection, mechanism: string): Promise<void> {
  const version = connection.versionFor(saslHandshakeRequest)
  const answer = await connection.send(saslHandshakeRequest, saslHandshakeResponse, version, { mechanism })
  if (!answer.mechanisms.includes(mechanism)) {
    throw new KafkaJSSASLAuthenticationError(`SASL ${mechanism} mechanism is not supported by the server`)
  }
}

async function exchange(
  connection: BrokerConnection,
  authBytes: Buffer,
): Promise<{ authBytes: Buffer; lifetimeMs: number }> {
  const version = connection.versionFor(saslAuthenticateRequest)
  const answer = await connection.send(saslAuthenticateRequest, saslAuthenticateResponse, version, { authBytes })
  if (answer.errorCode !== 0) {
    const message = answer.errorMessage ?? errorOf(answer.errorCode).message
    throw new KafkaJSProtocolError({ ...protocolErrorFacts(answer.errorCode), message })
  }
  const lifetimeMs = Number(answer.sessionLifetimeMs)
  return { authBytes: answer.authBytes, lifetimeMs: lifetimeMs > 0 ? lifetimeMs : Infinity }
}

function awsBytes(sasl: SASLOptions): Promise<string> {
  const {
    authorizationIdentity,
    accessKeyId,
    secretAccessKey,
    sessionToken = '',
  } = sasl as Extract<SASLOptions, { mechanism: 'aws' }>
  for (const [name, value] of Object.entries({ authorizationIdentity, accessKeyId, secretAccessKey })) {
    if (!value) throw new KafkaJSSASLAuthenticationError(`SASL AWS-IAM: Missing ${name}`)
  }
  return Promise.resolve([authorizationIdentity, accessKeyId, secretAccessKey, sessionToken].join('\u0000'))
}

async function tokenBytes(sasl: SASLOptions): Promise<string> {
  const { oauthBearerProvider, authorizationIdentity } = sasl as Extract<SASLOptions, { mechanism: 'oauthbearer' }> & {
    authorizationIdentity?: string
  }
  if (oauthBearerProvider === undefined || oauthBearerProvider === null) {
    throw new KafkaJSSASLAuthenticationError('SASL OAUTHBEARER: Missing OAuth bearer token provider')
  }
  const token = (await oauthBearerProvider()) as { value?: string; extensions?: Record<string, string> }
  if (token.value === undefined || token.value === null) {
    throw new KafkaJSSASLAuthenticationError('SASL OAUTHBEARER: Invalid OAuth bearer token')
  }
  const pairs = Object.entries({ auth: `Bearer ${token.value}`, ...token.extensions }).map(
    ([key, text]) => `${key}=${text}`,
  )
  const identity = authorizationIdentity === undefined ? '' : `a=${authorizationIdentity}`
  return `n,${identity},${separator}${pairs.join(separator)}${separator}${separator}`
}
