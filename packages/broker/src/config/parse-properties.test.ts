import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseProperties } from './parse-properties.ts'

const read = (text: string): Record<string, string> =>
  Object.fromEntries([...parseProperties(text)].map(([key, { value }]) => [key, value]))

test('keys end at =, : or white space, and comments are left out', () => {
  assert.deepEqual(read('# comment\n! another\n\na=1\nb : 2\nc 3\n  d=  4 \ne\n'), {
    a: '1',
    b: '2',
    c: '3',
    d: '4 ',
    e: '',
  })
})

test('a backslash continues a line, and escapes', () => {
  assert.deepEqual(
    read('list=a,\\\n     b,\\\r\n  c\npath=C:\\\\data\na\\ key\\==tab\\tö\\u00e4\nlast=x\\\\\nnext=y'),
    {
      list: 'a,b,c',
      path: 'C:\\data',
      'a key=': 'tab\töä',
      last: 'x\\',
      next: 'y',
    },
  )
})

test('the last of two counts, and the line is that where it begins', () => {
  const properties = parseProperties('a=1\nb=2,\\\n3\na=4\n')
  assert.deepEqual(properties.get('a'), { value: '4', line: 4 })
  assert.deepEqual(properties.get('b'), { value: '2,3', line: 2 })
})

test('what is no property is refused with its line', () => {
  assert.throws(
    () => parseProperties('a=1\n=2\n', 'server.properties'),
    /server\.properties, line 2: expected key=value/,
  )
  assert.throws(() => parseProperties('a=\\u12\n'), /line 1: \\u must be followed by four hexadecimal digits/)
})
