import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parentPathOf, sequenceSuffix, validatePath } from './path.ts'

test('paths are accepted and refused as by ZooKeeper', () => {
  for (const path of ['/', '/a', '/a/b', '/a.b', '/...', '/a/..b', '/é漢', '/\ud7ff', '/\uffef', '/a b'])
    validatePath(path)
  const bad = [
    '',
    'a',
    '/a/',
    '//',
    '/a//b',
    '/.',
    '/a/..',
    '/a/./b',
    '/\x00',
    '/\x1f',
    '/\x7f',
    '/\x9f',
    '/\ud800',
    '/\uf8ff',
    '/\ufff0',
  ]
  for (const path of bad) assert.throws(() => validatePath(path), { code: 'BAD_ARGUMENTS' }, JSON.stringify(path))
  assert.throws(() => validatePath(null), { code: 'BAD_ARGUMENTS' })
})

test('the parent is found before the path is checked', () => {
  assert.equal(parentPathOf('/a'), '/')
  assert.equal(parentPathOf('/a//b'), '/a/')
  assert.throws(() => parentPathOf('a'), { code: 'BAD_ARGUMENTS' })
  assert.throws(() => parentPathOf('/a\0'), { code: 'BAD_ARGUMENTS' })
})

test('sequence numbers are ten digits wide', () => {
  assert.equal(sequenceSuffix(0), '0000000000')
  assert.equal(sequenceSuffix(2147483647), '2147483647')
  assert.equal(sequenceSuffix(-2147483648), '-2147483648')
  assert.equal(sequenceSuffix(-1), '-000000001')
})
