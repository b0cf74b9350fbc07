// Apache Kafka 4.3.1 with a listener for each kind of security.
import path from 'node:path'
import { startKraftTarget } from './apache-kraft.ts'
import { makeCertificates } from './certificates.ts'
import { temporaryFolder } from './folders.ts'
import { freePorts } from './free-ports.ts'
import { createScramUser } from './scram-user.ts'

/** The user `alice` has it, in every mechanism with passwords; so have the PKCS12 files. */
export const password = 'secret-of-judges'
/** Where Kafka's login modules are. */
export const securityPackage = 'org.apache.kafka.common.security'
const mechanisms = 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER'

export interface SecureKraft {
  /** By listener, all on 127.0.0.1. `mutual` is TLS that asks for the client's certificate. */
  readonly ports: Readonly<Record<'plain' | 'tls' | 'mutual' | 'sasl' | 'saslTls', number>>
  /** The path of a file that `makeCertificates` has made. */
  readonly file: (name: string) => string
  /** Stops it and removes what it wrote. */
  readonly end: () => Promise<void>
}

/** Sessions of SASL end after three seconds, unless they are renewed. OAUTHBEARER takes tokens without a signature. */
export async function startSecureKraft(): Promise<SecureKraft> {
  const folder = temporaryFolder('judge-security')
  await makeCertificates(folder, password)
  const file = (name: string): string => path.join(folder, name)
  const [plain = 0, tls = 0, mutual = 0, sasl = 0, saslTls = 0, controller = 0] = await freePorts(6)
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
  await createScramUser(`127.0.0.1:${plain}`, { name: 'alice', passwords: { sha256: password, sha512: password } })
  return {
    ports: { plain, tls, mutual, sasl, saslTls },
    file,
    end: async () => {
      await target.stop()
      target.remove()
    },
  }
}

function saslOf(listener: string): Record<string, string> {
  const key = `listener.name.${listener}`
  const plain = `${securityPackage}.plain.PlainLoginModule required`
  const scram = `${securityPackage}.scram.ScramLoginModule required;`
  const oauthbearer = `${securityPackage}.oauthbearer.OAuthBearerLoginModule required`
  return {
    [`${key}.sasl.enabled.mechanisms`]: mechanisms,
    [`${key}.plain.sasl.jaas.config`]: `${plain} user_alice="${password}";`,
    [`${key}.scram-sha-256.sasl.jaas.config`]: scram,
    [`${key}.scram-sha-512.sasl.jaas.config`]: scram,
    [`${key}.oauthbearer.sasl.jaas.config`]: `${oauthbearer} unsecuredLoginStringClaim_sub="broker";`,
    [`${key}.oauthbearer.sasl.server.callback.handler.class`]: `${securityPackage}.oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler`,
  }
}
