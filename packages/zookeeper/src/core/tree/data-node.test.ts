import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DataNode } from './data-node.ts'
import { NodeStat, statSizeBytes } from './node-stat.ts'
import { RecordArena } from './record-arena.ts'

function statBytes(node: NodeStat): Buffer {
  const bytes = Buffer.alloc(statSizeBytes, 0xff)
  node.copyStatTo(bytes, 0)
  return bytes
}

/** A node beside the plain values that it should have. */
interface Pair {
  readonly node: DataNode
  readonly expected: NodeStat
  data: Buffer | null
  digest: number
}

const sizes = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(2047, 2048, 2049, 5000))
const steps = fc.array(
  fc.record({
    kind: fc.constantFrom('create', 'load', 'data', 'version', 'children', 'owner', 'remove'),
    which: fc.nat(),
    size: sizes,
    value: fc.bigInt({ min: 0n, max: 2n ** 62n }),
  }),
  { minLength: 1, maxLength: 60 },
)

test('nodes keep what they were given, whatever other nodes and they themselves go through', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const arena = new RecordArena()
      const pairs: Pair[] = []
      for (const { kind, which, size, value } of list) {
        const pair = pairs[which % Math.max(1, pairs.length)]
        const data = size === 7 ? null : Buffer.alloc(size, Number(value % 251n))
        if (kind === 'create' || pair === undefined) {
          const owner = value % 3n === 0n ? value : 0n
          const expected = new NodeStat()
          expected.initialize(value, value + 1n, owner)
          pairs.push({ node: DataNode.create(arena, value, value + 1n, owner, data), expected, data, digest: 0 })
        } else if (kind === 'load') {
          const expected = new NodeStat()
          expected.copyStatFrom(pair.expected)
          pairs.push({ node: DataNode.load(arena, statBytes(pair.node), data), expected, data, digest: 0 })
        } else if (kind === 'remove') {
          pair.node.release()
          pairs.splice(pairs.indexOf(pair), 1)
        } else {
          change(pair, kind, value, data)
        }
        for (const { node, expected, ...rest } of pairs) {
          assert.deepEqual(statBytes(node), statBytes(expected))
          assert.equal(node.pzxid, expected.pzxid)
          assert.equal(node.mtime, expected.mtime)
          assert.equal(node.ephemeralOwner, expected.ephemeralOwner)
          assert.deepEqual(node.data, rest.data)
          assert.equal(node.dataLength, rest.data?.length ?? 0)
          assert.equal(node.digest, rest.digest)
        }
      }
    }),
    { numRuns: 150 },
  )
})

function change(pair: Pair, kind: string, value: bigint, data: Buffer | null): void {
  const { node, expected } = pair
  switch (kind) {
    case 'data':
      node.setData(data)
      pair.data = data
      return
    case 'version':
      node.version = 3
      node.mzxid = value
      expected.version = 3
      expected.mzxid = value
      return
    case 'children':
      node.cversion = Number(value % 1000n)
      expected.cversion = Number(value % 1000n)
      return
    default:
      node.ephemeralOwner = value
      expected.ephemeralOwner = value
      node.digest = pair.digest = Number(value % 2n ** 32n)
      node.aclKey = 5
  }
}

test('room that is given back is used again', () => {
  const arena = new RecordArena()
  const data = Buffer.alloc(100)
  const nodes = Array.from({ length: 10_000 }, (_, index) => DataNode.create(arena, BigInt(index), 0n, 0n, data))
  for (const node of nodes) node.release()
  const blocks = new Set(
    Array.from({ length: 3000 }, () => DataNode.create(arena, 1n, 1n, 0n, data)).map(({ statBlock }) => statBlock),
  )
  // 2048 records of 128 bytes in each block, and some that were given back last.
  assert.ok(blocks.size <= 3, `${blocks.size} blocks`)
})
