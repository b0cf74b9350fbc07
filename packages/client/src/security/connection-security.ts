import type { Env } from '@odradek/base'
import { ErrorCode, errorOf } from '@odradek/kafka-protocol'
import { saslHandshakeRequest, saslHandshakeResponse } from '@odradek/kafka-protocol/messages/17-sasl-handshake'
import type { SaslHandshakeResponse } from '@odradek/kafka-protocol/messages/17-sasl-handshake'
import {
  saslAuthenticateRequest,
  saslAuthenticateResponse,
} from '@odradek/kafka-protocol/messages/36-sasl-authenticate'
import type { BrokerConnection } from '../broker-connection.ts'
import { ClientError } from '../client-error.ts'
import type { ConnectionSecurity } from '../cluster/broker-link.ts'
import type { CommonConfig } from '../config/common-keys.ts'
import type { SaslMechanism } from './sasl-exchange.ts'
import { saslMechanismOf } from './sasl-mechanism-of.ts'
import { tlsOptions } from './tls-options.ts'
import { saturated } from '../int64.ts'

/** No mechanism needs more steps. */
const stepsMax = 10

/** How connections of this configuration become trusted. Throws `ClientError` INVALID_CONFIG. */
export function connectionSecurity(env: Env, config: CommonConfig): ConnectionSecurity {
  const protocol = config['security.protocol']
  const tls = protocol === 'SSL' || protocol === 'SASL_SSL' ? tlsOptions(env, config) : undefined
  if (protocol === 'PLAINTEXT' || protocol === 'SSL') return { tls, authenticate: undefined }
  const mechanism = saslMechanismOf(env, config)
  return { tls, authenticate: (connection) => authenticate(connection, mechanism) }
}

async function authenticate(connection: BrokerConnection, mechanism: SaslMechanism): Promise<number> {
  const exchange = await mechanism.start()
  if (!connection.knows(saslHandshakeRequest)) throw failed(connection, listenerWithoutSasl)
  const version = connection.versionFor(saslHandshakeRequest)
  const value = { mechanism: mechanism.name }
  const handshake = await connection.send(saslHandshakeRequest, saslHandshakeResponse, version, value)
  if (handshake.errorCode !== ErrorCode.NONE) {
    throw failed(connection, `${mechanism.name}: ${errorOf(handshake.errorCode).message}${afterHandshake(handshake)}`)
  }
  const authVersion = connection.versionFor(saslAuthenticateRequest)
  let lifetimeMs = 0
  let authBytes: Buffer | undefined = exchange.begin()
  for (let step = 0; authBytes !== undefined && step < stepsMax; step++) {
    const answer = await connection.send(saslAuthenticateRequest, saslAuthenticateResponse, authVersion, { authBytes })
    if (answer.errorCode !== ErrorCode.NONE) {
      const why = answer.errorMessage ?? errorOf(answer.errorCode).message
      throw failed(
        connection,
        `${mechanism.name}: ${why}; check sasl.username and sasl.password, sasl.jaas.config, or what brings the token`,
      )
    }
    lifetimeMs = saturated(answer.sessionLifetimeMs)
    authBytes = exchange.answer(answer.authBytes)
  }
  return lifetimeMs > 0 ? lifetimeMs : Infinity
}

const mechanismsNamedMax = 10

/** The next step after a handshake that was refused. */
function afterHandshake({ errorCode, mechanisms }: SaslHandshakeResponse): string {
  const offered = mechanisms.slice(0, mechanismsNamedMax).join(', ')
  if (offered !== '') return `; it offers ${offered}: set sasl.mechanism to one of them`
  if (errorCode !== ErrorCode.ILLEGAL_SASL_STATE) return ''
  return `; ${listenerWithoutSasl}`
}

const listenerWithoutSasl =
  'the listener there does not want SASL: set security.protocol=PLAINTEXT (SSL instead of SASL_SSL), or take the port of one with SASL'

function failed({ host, port }: BrokerConnection, why: string): ClientError {
  return new ClientError('AUTHENTICATION_FAILED', `broker ${host}:${port} did not let this client in: ${why}`)
}
