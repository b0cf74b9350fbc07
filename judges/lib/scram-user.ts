import assert from 'node:assert/strict'
import { pbkdf2Sync } from 'node:crypto'
import { Cluster, commonKeys, parseConfig } from '@odradek/client'
import { createNodeEnv } from '@odradek/env-node'
import {
  alterUserScramCredentialsRequest,
  alterUserScramCredentialsResponse,
} from '@odradek/kafka-protocol/messages/51-alter-user-scram-credentials'
import { pause } from './poll-until.ts'

export interface ScramUser {
  readonly name: string
  readonly passwords: Readonly<Record<'sha256' | 'sha512', string>>
}

/** Makes the broker at `bootstrap` know a user for SCRAM-SHA-256 and SCRAM-SHA-512. */
export async function createScramUser(bootstrap: string, { name, passwords }: ScramUser): Promise<void> {
  const cluster = new Cluster(
    createNodeEnv({ log: { level: 'error' } }),
    parseConfig(commonKeys, { 'bootstrap.servers': bootstrap }),
  )
  const salt = Buffer.from('salt-of-judges')
  const upsertions = (['sha256', 'sha512'] as const).map((hash, index) => ({
    name,
    mechanism: index + 1,
    iterations: 4096,
    salt,
    saltedPassword: pbkdf2Sync(passwords[hash], salt, 4096, index === 0 ? 32 : 64, hash),
  }))
  // Brokers take a user once in a request.
  for (const upsertion of upsertions) {
    const answer = await cluster.retry({ timeoutMs: 30_000 }, () =>
      cluster.links
        .leastLoaded()
        .send(alterUserScramCredentialsRequest, alterUserScramCredentialsResponse, { upsertions: [upsertion] }),
    )
    assert.deepEqual(
      answer.results.map(({ errorCode }) => errorCode),
      [0],
    )
  }
  await pause(1000)
  cluster.close()
}
