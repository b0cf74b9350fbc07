import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { createNodeEnv } from '@odradek/env-node'
import { clientProperties } from './client-properties.ts'
import type { ConnectionOptions } from './client-properties.ts'
import { contextsPath, readContexts, writeContexts } from './contexts-file.ts'

const env = createNodeEnv({ log: { level: 'error' } })

test('where a command finds its cluster: each source goes over those before it', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'odradek-contexts-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const environment: Record<string, string> = {
    ODRADEK_CONFIG: path.join(folder, 'deep', 'config.yaml'),
    SECRET: 's3cret',
  }
  const properties = (options: ConnectionOptions) => clientProperties(env, options, environment)
  assert.deepEqual(properties({}), { 'bootstrap.servers': '127.0.0.1:9092' })

  writeContexts(env, contextsPath(environment), {
    current: 'local',
    contexts: {
      local: { 'bootstrap.servers': 'a:1' },
      far: { 'bootstrap.servers': 'b:2', 'sasl.jaas.config': 'password="${env:SECRET}"' },
    },
  })
  assert.equal(properties({})['bootstrap.servers'], 'a:1')
  assert.deepEqual(properties({ context: 'far' }), {
    'bootstrap.servers': 'b:2',
    'sasl.jaas.config': 'password="s3cret"',
  })
  const file = path.join(folder, 'client.properties')
  writeFileSync(file, 'bootstrap.servers=c:3\nclient.id=me\n')
  assert.deepEqual(properties({ commandConfig: file }), { 'bootstrap.servers': 'c:3', 'client.id': 'me' })
  assert.equal(properties({ property: ['bootstrap.servers=d:4', 'x=a=b'] })['x'], 'a=b')
  assert.equal(properties({ property: ['bootstrap.servers=d:4'], brokers: 'e:5' })['bootstrap.servers'], 'e:5')
  environment['ODRADEK_BOOTSTRAP_SERVERS'] = 'f:6'
  assert.equal(properties({ commandConfig: file })['bootstrap.servers'], 'f:6')

  assert.throws(() => properties({ context: 'near' }), { message: /no context "near".*there are local, far/ })
  assert.throws(() => properties({ property: ['novalue'] }), { message: /-X takes key=value/ })
  assert.throws(() => properties({ property: ['a=${env:NOT_SET}'] }), { message: /NOT_SET/ })
})

test('a file that is no map of contexts is refused with what is wrong', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'odradek-contexts-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'config.yaml')
  for (const [text, message] of [
    ['contexts: [1, 2', /no YAML/],
    ['contexts: [1]', /contexts is to be a map/],
    ['contexts: { a: 1 }', /contexts\.a is to be a map/],
  ] as const) {
    writeFileSync(file, text)
    assert.throws(() => readContexts(env, file), { code: 'INVALID_FILE', message })
  }
})
