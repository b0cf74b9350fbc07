import { mustRun } from './run-command.ts'

/**
 * A certificate authority (ca.pem), and certificates for a broker on 127.0.0.1 and for a client: name.pem, name.key, and name.p12 with `password`;
 * trust.p12 trusts the authority.
 */
export async function makeCertificates(folder: string, password: string): Promise<void> {
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
