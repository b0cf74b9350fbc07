import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  deadFiles,
  effectViolations,
  layerViolations,
  oversizedFiles,
  readRepository,
  tooNewSyntax,
  valueCycles,
} from './rules.ts'

const repository = readRepository()

test('imports go downwards only, as layers.json says', () => {
  assert.deepEqual(layerViolations(repository), [])
})

test('clock, timers, chance, network and disk are reached through Env alone', () => {
  assert.deepEqual(effectViolations(repository), [])
})

test('the oldest Node that is supported can read every file', () => {
  assert.deepEqual(tooNewSyntax(repository), [])
})

test('no files import each other in a circle when they load', () => {
  assert.deepEqual(valueCycles(repository), [])
})

test('every file is used by the program', () => {
  assert.deepEqual(deadFiles(repository), [])
})

test('no file is longer than one thing can be', () => {
  assert.deepEqual(oversizedFiles(repository), [])
})

test('the rules see what they forbid', () => {
  const file = (over: object) => ({
    path: 'packages/storage/src/a.ts',
    packageName: 'storage',
    isTest: false,
    lineCount: 1,
    code: '',
    imports: [],
    ...over,
  })
  const bad = {
    ...repository,
    files: new Map([
      [
        'packages/storage/src/a.ts',
        file({
          code: 'const at = Date.now(); await using held = at',
          lineCount: 9999,
          imports: [
            { specifier: '@odradek/broker', typeOnly: false, dynamic: false },
            { specifier: 'node:fs', typeOnly: false, dynamic: false },
            { specifier: './b.ts', typeOnly: false, dynamic: false },
          ],
        }),
      ],
      [
        'packages/storage/src/b.ts',
        file({
          path: 'packages/storage/src/b.ts',
          imports: [{ specifier: './a.ts', typeOnly: false, dynamic: false }],
        }),
      ],
    ]),
  }
  assert.equal(layerViolations(bad).length, 1)
  assert.equal(effectViolations(bad).length, 2)
  assert.equal(tooNewSyntax(bad).length, 1)
  assert.equal(valueCycles(bad).length, 1)
  assert.equal(deadFiles(bad).length, 2)
  assert.equal(oversizedFiles(bad).length, 1)
})
