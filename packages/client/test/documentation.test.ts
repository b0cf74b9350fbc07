import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { producerKeys } from '../src/index.ts'

test('docs/client.md has every key of a producer, and no other', () => {
  const page = readFileSync(new URL('../../../docs/client.md', import.meta.url), 'utf8')
  const section = page.slice(page.indexOf('## Configuration of a producer'))
  const documented = [...section.matchAll(/^\| `([a-z0-9.]+)` +\|/gm)].map(([, name]) => name)
  assert.deepEqual(new Set(documented), new Set(Object.keys(producerKeys)))
  for (const [name, { doc }] of Object.entries(producerKeys)) {
    assert.ok(section.includes(doc.replaceAll('*', String.raw`\*`)), `the text of ${name} is another one`)
  }
})
