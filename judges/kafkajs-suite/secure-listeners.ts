// The listeners with TLS and SASL that kafkajs's tests connect to, and the authorizer that those of ACLs need, of Apache Kafka 3.9.1.
import path from 'node:path'
import { makeCertificates } from '../lib/certificates.ts'
import { createScramUser } from '../lib/scram-user.ts'

const password = 'secret-of-judges'
const modules = 'org.apache.kafka.common.security'
/** As kafkajs's tests know them. */
const users = { test: 'testtest', alice: 'alicealice', bob: 'bobbob' }
const scramUser = { name: 'testscram', passwords: { sha256: 'testtestscram=256', sha512: 'testtestscram=512' } }

export interface SecureListeners {
  /** What comes on top of a broker's other properties. */
  readonly properties: Readonly<Record<string, string>>
  readonly listeners: readonly string[]
  /** As clients are told. */
  readonly advertised: readonly string[]
  readonly protocols: readonly string[]
  /** Makes the broker that serves there know the users of SCRAM. */
  prepare(bootstrap: string): Promise<void>
}

/** Writes certificates into `folder`. */
export async function secureListeners(folder: string, tlsPort: number, saslPort: number): Promise<SecureListeners> {
  await makeCertificates(folder, password)
  const listener = 'listener.name.tests_sasl'
  const plain = Object.entries(users).map(([name, given]) => `user_${name}="${given}"`)
  return {
    properties: {
      'ssl.keystore.location': path.join(folder, 'broker.p12'),
      'ssl.keystore.password': password,
      'ssl.key.password': password,
      [`${listener}.sasl.enabled.mechanisms`]: 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      [`${listener}.plain.sasl.jaas.config`]: `${modules}.plain.PlainLoginModule required ${plain.join(' ')};`,
      [`${listener}.scram-sha-256.sasl.jaas.config`]: `${modules}.scram.ScramLoginModule required;`,
      [`${listener}.scram-sha-512.sasl.jaas.config`]: `${modules}.scram.ScramLoginModule required;`,
      'authorizer.class.name': 'kafka.security.authorizer.AclAuthorizer',
      'allow.everyone.if.no.acl.found': 'true',
    },
    listeners: [`TESTS_TLS://127.0.0.1:${tlsPort}`, `TESTS_SASL://127.0.0.1:${saslPort}`],
    advertised: ['TESTS_TLS://localhost:9093', 'TESTS_SASL://localhost:9094'],
    protocols: ['TESTS_TLS:SSL', 'TESTS_SASL:SASL_SSL'],
    prepare: (bootstrap) => createScramUser(bootstrap, scramUser),
  }
}
