import { ZooKeeperError } from '@odradek/zookeeper-protocol'

/** The version after a change that expects `expected` (-1: any). Throws BAD_VERSION. It never becomes -1, which means any. */
export function nextVersion(current: number, expected: number): number {
  if (expected !== -1 && expected !== current) {
    throw new ZooKeeperError('BAD_VERSION', `version ${expected} was expected, the node has ${current}`)
  }
  const next = (current + 1) | 0
  return next === -1 ? 0 : next
}
