import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupPartition } from './group-partition.ts'

test('a group lives where Java would look for it', () => {
  // String.hashCode: "" is 0, "a" 97, "hello" 99162322, and the last one is -2^31, which has no positive counterpart.
  assert.equal(groupPartition('', 50), 0)
  assert.equal(groupPartition('a', 50), 47)
  assert.equal(groupPartition('hello', 50), 22)
  assert.equal(groupPartition('console-consumer-12345', 50), Math.abs(javaHash('console-consumer-12345')) % 50)
  assert.equal(groupPartition('polygenelubricants', 50), 0)
  assert.equal(groupPartition('группа', 1), 0)
})

/** The definition, with whole numbers instead of 32-bit arithmetic: sum of s[i] * 31^(n-1-i), modulo 2^32, signed. */
function javaHash(text: string): number {
  let sum = 0n
  for (let index = 0; index < text.length; index++) sum = sum * 31n + BigInt(text.charCodeAt(index))
  return Number(BigInt.asIntN(32, sum))
}
