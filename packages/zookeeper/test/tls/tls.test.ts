// Clients that speak TLS: with node:tls as the client, and certificates from beside this file (a test's own: they open nothing).
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { connect } from 'node:tls'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { ByteReader, ByteWriter, FrameSplitter } from '@odradek/base'
import { createNodeEnv } from '@odradek/env-node'
import {
  decodeConnectResponse,
  encodeConnectRequest,
  OpCode,
  replyHeader,
  requestHeader,
  whoAmIResponse,
} from '@odradek/zookeeper-protocol'
import { parseZooKeeperConfig, ZooKeeperServer } from '@odradek/zookeeper'

const here = fileURLToPath(new URL('.', import.meta.url))
const ca = readFileSync(`${here}ca.pem`)
const subject = 'CN=client,O=Odradek\\, tests,C=CZ'

/** Runs a server with these lines for the time of `body`, which gets its TLS port. */
async function withServer(lines: readonly string[], body: (port: number) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'odradek-tls-'))
  const config = parseZooKeeperConfig(
    [
      `dataDir=${folder}`,
      'clientPort=0',
      'clientPortAddress=127.0.0.1',
      'preAllocSize=64',
      'secureClientPort=0',
      'secureClientPortAddress=127.0.0.1',
      `ssl.trustStore.location=${here}ca.pem`,
      ...lines,
    ].join('\n'),
  )
  const server = new ZooKeeperServer(createNodeEnv({ log: { level: 'error' } }), config)
  try {
    await server.start()
    await body(server.secureAddress?.port ?? 0)
  } finally {
    await server.close()
    rmSync(folder, { recursive: true })
  }
}

/** The identities that the server sees, by whoAmI; rejects when the connection ends before. */
async function identities(port: number, certificate?: string): Promise<string[]> {
  const pem = certificate === undefined ? undefined : readFileSync(`${here}${certificate}`)
  const options: ConnectionOptions = {
    port,
    host: '127.0.0.1',
    ca,
    ...(pem === undefined ? {} : { key: pem, cert: pem }),
  }
  const socket = connect(options)
  try {
    const hello = new ByteWriter()
    const passwd = Buffer.alloc(16)
    encodeConnectRequest(hello, {
      protocolVersion: 0,
      lastZxidSeen: 0n,
      timeOut: 10_000,
      sessionId: 0n,
      passwd,
      readOnly: false,
    })
    const packets = packetsOf(socket)
    socket.write(framed(hello.concat()))
    decodeConnectResponse(new ByteReader(await next(packets)))
    socket.write(framed(requestHeader.toBuffer({ xid: 1, type: OpCode.whoAmI })))
    const reader = new ByteReader(await next(packets))
    assert.equal(replyHeader.decode(reader).err, 0)
    const { clientInfo } = whoAmIResponse.decode(reader)
    return (clientInfo ?? []).map(({ authScheme, user }) => `${authScheme}:${user}`)
  } finally {
    socket.destroy()
  }
}

function framed(body: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}

async function* packetsOf(socket: TLSSocket): AsyncGenerator<Buffer, void, void> {
  const splitter = new FrameSplitter(1024 * 1024)
  for await (const chunk of socket) {
    splitter.push(chunk as Buffer)
    for (let packet = splitter.next(); packet !== undefined; packet = splitter.next()) yield packet
  }
}

async function next(packets: AsyncGenerator<Buffer, void, void>): Promise<Buffer> {
  const { value } = await packets.next()
  if (value === undefined) throw new Error('the connection ended')
  return value
}

test('a certificate that is believed is an identity; without one nobody gets in', async () => {
  await withServer([`ssl.keyStore.location=${here}server.pem`], async (port) => {
    assert.deepEqual(await identities(port, 'client.pem'), ['ip:127.0.0.1', `x509:${subject}`])
    await assert.rejects(identities(port))
    await assert.rejects(identities(port, 'stranger.pem'))
  })
})

test('PKCS12; certificates that may be shown; a super user by subject', async () => {
  const lines = [
    `ssl.keyStore.location=${here}server.p12`,
    'ssl.keyStore.password=changeit',
    'ssl.clientAuth=want',
    `zookeeper.X509AuthenticationProvider.superUser=${subject}`,
  ]
  await withServer(lines, async (port) => {
    assert.deepEqual(await identities(port), ['ip:127.0.0.1'])
    assert.deepEqual(await identities(port, 'client.pem'), ['ip:127.0.0.1', `x509:${subject}`, 'super:'])
    await assert.rejects(identities(port, 'stranger.pem'))
  })
})

test('what cannot be used for TLS stops the start, and says which key', async () => {
  const stops = (lines: readonly string[], message: RegExp): Promise<void> =>
    assert.rejects(
      withServer(lines, () => assert.fail('it started')),
      message,
    )
  await stops([], /secureClientPort needs ssl\.keyStore\.location/)
  await stops([`ssl.keyStore.location=${here}none.pem`], /ssl\.keyStore\.location=.*cannot be read/)
  await stops([`ssl.keyStore.location=${here}server.jks`], /cannot be read|must be PEM or PKCS12/)
  await stops([`ssl.keyStore.location=${here}ca.pem`], /the key or the certificates for TLS cannot be used/)
  await stops([`ssl.keyStore.location=${here}server.p12`], /the key or the certificates for TLS cannot be used/)
  await stops([`ssl.keyStore.location=${here}server.pem`, 'ssl.clientAuth=perhaps'], /must be need, want or none/)
})
