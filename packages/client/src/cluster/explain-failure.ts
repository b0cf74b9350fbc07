import { ClientError } from '../client-error.ts'
import type { ClientErrorCode } from '../client-error.ts'

/** How far a connection had come when it failed: to be opened, to tell its versions, to answer a first request; after that it is of use. */
export type ConnectionStage = 'connect' | 'versions' | 'first request' | 'in use'

/** How a connection failed, before it was of any use. */
export interface ConnectionFailure {
  readonly stage: ConnectionStage
  readonly code: ClientErrorCode
  readonly message: string
  readonly cause?: unknown
  /** The first bytes that came, at most 16; none when nothing did. */
  readonly firstBytes?: Buffer | undefined
}

/** What this client was told of the place that it connects to. */
export interface ConnectionPlan {
  readonly protocol: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL'
  /** host:port. */
  readonly address: string
  /** The broker whose advertised address it is; undefined for one of bootstrap.servers. */
  readonly advertisedBy: number | undefined
}

const tlsAlert = 0x15
const tlsMajorVersion = 3

/**
 * The error for a connection that failed before it was of use: what went wrong, with the system's name of it (ECONNREFUSED), what it means for this
 * configuration, and what to change. WRONG_LISTENER where another attempt would end the same way.
 */
export function explainFailure(failure: ConnectionFailure, plan: ConnectionPlan): ClientError {
  const { code, says, nextStep } = meaningOf(failure, plan)
  if (says !== undefined) {
    return new ClientError(code, `${plan.address}: ${says}; ${nextStep}`, { cause: failure.cause })
  }
  const message = failure.message.replaceAll(opensslNoise, '$1')
  const system = systemCodeOf(failure.cause)
  const name = system === undefined || message.includes(system) ? '' : ` (${system})`
  const step = nextStep === undefined ? '' : `; ${nextStep}`
  return new ClientError(code, `${message}${name}${step}`, { cause: failure.cause })
}

/** `40ED…:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../deps/….c:77:`, of which the fifth part says what was wrong. */
const opensslNoise = /[0-9A-F]+:error:[0-9A-F]+:SSL routines:[^:\n]*:([^:\n]+):[^\n]*\n?/g

interface Meaning {
  readonly code: ClientErrorCode
  /** What is the matter, where that is known better than the failure itself tells. */
  readonly says?: string
  readonly nextStep: string | undefined
}

function meaningOf(failure: ConnectionFailure, plan: ConnectionPlan): Meaning {
  const isTls = plan.protocol === 'SSL' || plan.protocol === 'SASL_SSL'
  if (isTls && failure.stage !== 'first request') {
    const meaning = tlsMeaning(failure, plan)
    if (meaning !== undefined) return meaning
  }
  switch (failure.stage) {
    case 'connect':
      return { code: failure.code, nextStep: addressStep(plan) }
    case 'versions':
      return versionsMeaning(failure, isTls, plan)
    case 'first request': {
      const wantsSasl = plan.protocol === 'PLAINTEXT' || plan.protocol === 'SSL'
      const to = `SASL_${plan.protocol === 'SSL' ? 'SSL' : 'PLAINTEXT'}`
      const nextStep = `a listener that wants SASL does this: then set security.protocol=${to} and sasl.mechanism with its credentials`
      return { code: failure.code, nextStep: wantsSasl && failure.code === 'DISCONNECTED' ? nextStep : undefined }
    }
    case 'in use':
      return { code: failure.code, nextStep: undefined }
  }
}

/** The place is wrong, or nobody is there. */
function addressStep({ advertisedBy }: ConnectionPlan): string {
  if (advertisedBy === undefined) return 'check bootstrap.servers'
  return `broker ${advertisedBy} says of itself that clients reach it there: if it runs, set its advertised.listeners to an address that this client can reach`
}

function versionsMeaning({ code, firstBytes }: ConnectionFailure, isTls: boolean, plan: ConnectionPlan): Meaning {
  const place =
    plan.advertisedBy === undefined ? 'bootstrap.servers' : `advertised.listeners of broker ${plan.advertisedBy}`
  if (firstBytes?.subarray(0, 4).toString('latin1') === 'HTTP') {
    const says = 'an HTTP server answers there, no Kafka broker'
    return { code: 'WRONG_LISTENER', says, nextStep: `check the port in ${place}` }
  }
  if (firstBytes?.[0] === tlsAlert && firstBytes[1] === tlsMajorVersion) {
    const says = 'the listener there speaks TLS, and this client does not'
    return { code: 'WRONG_LISTENER', says, nextStep: setTls(plan) }
  }
  const other = `what listens there may be no Kafka broker (ZooKeeper has port 2181): check the port in ${place}`
  const isSilent = firstBytes === undefined && !isTls
  return { code, nextStep: isSilent ? `${other}; or it wants TLS: ${setTls(plan)}` : other }
}

function setTls({ protocol }: ConnectionPlan): string {
  return `set security.protocol=${protocol === 'PLAINTEXT' ? 'SSL, or SASL_SSL if it also wants a login' : 'SASL_SSL'}`
}

const notBelieved: ReadonlySet<string> = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
])

function tlsMeaning({ code, stage, cause }: ConnectionFailure, plan: ConnectionPlan): Meaning | undefined {
  const name = systemCodeOf(cause) ?? ''
  const withoutTls = plan.protocol === 'SSL' ? 'PLAINTEXT' : 'SASL_PLAINTEXT'
  if (notBelieved.has(name)) {
    const nextStep =
      'its certificate is not believed: set ssl.truststore.location to a PEM file with the certificate of the authority that signed it'
    return { code: 'WRONG_LISTENER', nextStep }
  }
  if (name === 'CERT_HAS_EXPIRED' || name === 'CERT_NOT_YET_VALID') {
    return { code: 'WRONG_LISTENER', nextStep: "the broker needs a new certificate, or this machine's clock is wrong" }
  }
  if (name === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const place = plan.advertisedBy === undefined ? 'bootstrap.servers' : 'its advertised.listeners'
    const nextStep = `name the broker in ${place} as its certificate does, or set ssl.endpoint.identification.algorithm to nothing to believe it for any host`
    return { code: 'WRONG_LISTENER', nextStep }
  }
  if (/ALERT|CERTIFICATE_REQUIRED/.test(name)) {
    const nextStep =
      "the broker refused this client's side of TLS: if it wants a certificate, set ssl.keystore.location, or ssl.keystore.key and ssl.keystore.certificate.chain"
    return { code: 'WRONG_LISTENER', nextStep }
  }
  if (name === 'EPROTO' || name.startsWith('ERR_SSL_')) {
    const nextStep = `what listens there does not speak TLS: set security.protocol=${withoutTls}, or take the port of a listener with TLS`
    return { code: 'WRONG_LISTENER', nextStep }
  }
  // Connected, then closed: as a listener without TLS does with what it takes for a request of gigabytes, and one that wants a certificate.
  if (stage === 'connect' && !unreachable.has(name)) {
    const nextStep = `a listener without TLS does this (then set security.protocol=${withoutTls}), and one that wants a certificate (ssl.keystore.location)`
    return { code, nextStep }
  }
  return undefined
}

const unreachable: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'CONNECTION_REFUSED',
  'HOST_UNKNOWN',
  'UNREACHABLE',
  'TIMED_OUT',
])

/** The innermost cause that has a name: that of the system (ECONNREFUSED), else that of the network (CONNECTION_REFUSED). */
function systemCodeOf(error: unknown): string | undefined {
  let found: string | undefined
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { readonly code?: unknown }
    if (typeof code === 'string' && code !== 'OTHER') found = code
  }
  return found
}
