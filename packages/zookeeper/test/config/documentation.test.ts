import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { documentZooKeeperKeys } from '../support/document-keys.ts'
import { parseZooKeeperConfig } from '../../src/config/parse-zookeeper-config.ts'
import { zooKeeperKeys } from '../../src/config/zookeeper-keys.ts'

const page = new URL('../../../../docs/zoo-cfg.md', import.meta.url)

test('the page of keys says what the definitions say (GOLDEN=rewrite writes it anew)', () => {
  if (process.env['GOLDEN'] === 'rewrite') writeFileSync(page, documentZooKeeperKeys())
  assert.equal(readFileSync(page, 'utf8'), documentZooKeeperKeys())
})

test('every default that the page shows is a value that the key takes', () => {
  const minimal = 'dataDir=/d\nclientPort=1\n'
  const usual = parseZooKeeperConfig(minimal)
  for (const { name, defaultText, isRequired, fallback } of Object.values(zooKeeperKeys)) {
    if (isRequired || fallback === undefined) continue
    assert.deepEqual(parseZooKeeperConfig(`${minimal}${name}=${defaultText}`), usual, name)
  }
})
