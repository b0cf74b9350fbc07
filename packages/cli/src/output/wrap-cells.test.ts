import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderTable } from './render-rows.ts'
import { tableStyle } from './table-style.ts'

const rows = [
  { topic: 'orders', partition: 3, replicas: Array.from({ length: 30 }, (_unused, index) => index) },
  { topic: 'x'.repeat(45), partition: 12, replicas: [1] },
]

test('on a terminal a table is as wide as that, and nothing is left out', () => {
  const { text } = renderTable(rows, ['topic', 'partition', 'replicas'], { columnsMax: 60 })
  const lines = text.trimEnd().split('\n')
  assert.ok(
    lines.every((line) => line.length <= 60),
    text,
  )
  assert.match(lines[1] ?? '', /^orders +3 +0,1,2,/)
  assert.match(lines[2] ?? '', /^ +\d+,/)
  assert.equal(text.replaceAll(/[^x]/g, '').length, 45)
  assert.match(text.replaceAll(/[ \n]/g, ''), /26,27,28,29/)
  const plain = renderTable(rows, ['topic', 'partition', 'replicas']).text
  assert.equal(plain.split('\n').length, 4)
})

test('colours are for terminals that have some, unless NO_COLOR is set', () => {
  const terminal = { outputIsTerminal: true, columns: 80 } as Parameters<typeof tableStyle>[0]['terminal']
  const header = (environment: Record<string, string>, isTerminal = true): string =>
    renderTable(
      [{ status: 'problem' }],
      ['status'],
      tableStyle({ terminal: { ...terminal, outputIsTerminal: isTerminal }, environment }),
    ).text
  assert.equal(header({}), '\u001B[1mSTATUS\u001B[22m\n\u001B[31mproblem\u001B[39m\n')
  for (const plain of [header({ NO_COLOR: '1' }), header({ TERM: 'dumb' }), header({}, false)]) {
    assert.equal(plain, 'STATUS\nproblem\n')
  }
})
