// Znode trees as judges/fixtures/znodes-kafka-3.9.json.gz has them, with what differs between any two runs made equal.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { ZooKeeperClient } from '@odradek/zookeeper-client'
import { root } from './folders.ts'

export interface Znode {
  readonly data: string | null
  readonly version: number
  readonly cversion: number
  readonly numChildren: number
  readonly ephemeral?: boolean
  /** Absent: everyone may do everything. */
  readonly acl?: readonly string[]
}

export type ZnodeTree = Record<string, Znode>

/** The tree of Apache Kafka 3.9.1 on Apache ZooKeeper at a stage. */
export function recordedTree(stage: string): ZnodeTree {
  const file = path.join(root, 'judges', 'fixtures', 'znodes-kafka-3.9.json.gz')
  const { stages } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as { stages: Record<string, ZnodeTree> }
  const tree = stages[stage]
  if (tree === undefined) throw new Error(`no stage ${stage} is recorded`)
  return tree
}

export async function readTree(client: ZooKeeperClient): Promise<ZnodeTree> {
  const tree: ZnodeTree = {}
  const visit = async (node: string): Promise<void> => {
    const [{ data, stat }, { children }, { acl }] = await Promise.all([
      client.getData(node),
      client.getChildren(node),
      client.getAcl(node),
    ])
    const entries = acl.map(({ perms, id }) => `${id.scheme}:${id.id}:${perms}`)
    tree[node] = {
      data: data === null || data.length === 0 ? null : data.toString(),
      version: stat.version,
      cversion: stat.cversion,
      numChildren: stat.numChildren,
      ...(stat.ephemeralOwner === 0n ? {} : { ephemeral: true }),
      ...(entries.join() === 'world:anyone:31' ? {} : { acl: entries }),
    }
    for (const child of children) await visit(node === '/' ? `/${child}` : `${node}/${child}`)
  }
  await visit('/')
  return tree
}

const volatileValues: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/(salt|stored_key|server_key)=[^,]*/g, '$1=…'],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:…'],
]
const volatileKeys = new Set([
  'timestamp',
  'id',
  'topic_id',
  'port',
  'tokenId',
  'issueTimestamp',
  'expiryTimestamp',
  'maxTimestamp',
])

/** The tree without ports, times, generated ids and the order of JSON keys: two runs of the same steps are equal. */
export function normalised(tree: ZnodeTree): ZnodeTree {
  const result: ZnodeTree = {}
  for (const [node, znode] of Object.entries(tree)) {
    const tokenFree = node.replace(/(\/delegation_token\/tokens\/).*/, '$1…')
    const data = node.startsWith('/delegation_token/token_changes/') ? '…' : normalisedData(znode.data)
    result[tokenFree] = { ...znode, data }
  }
  return result
}

function normalisedData(data: string | null): string | null {
  if (data === null || !data.startsWith('{')) return data
  return volatileValues.reduce(
    (text, [pattern, instead]) => text.replaceAll(pattern, instead),
    JSON.stringify(sorted(JSON.parse(data))),
  )
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    // Lists of objects are sets (ACLs); lists of numbers and texts are in an order that counts (replicas, endpoints).
    const items = value.map(sorted)
    return items.some((item) => typeof item === 'object')
      ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : items
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, volatileKeys.has(key) ? '…' : sorted(inner)]),
  )
}

/** What differs, one line a node; empty when the trees are equal. */
export function differences(actual: ZnodeTree, expected: ZnodeTree): string[] {
  const nodes = [...new Set([...Object.keys(actual), ...Object.keys(expected)])].sort()
  return nodes.flatMap((node) => {
    const [is, should] = [actual, expected].map((tree) => JSON.stringify(sorted(tree[node]) ?? null))
    return is === should ? [] : [`${node}\n  is        ${is}\n  should be ${should}`]
  })
}
