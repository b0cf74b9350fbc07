// The `ephemeralOwner` of a node says what kind it is: 0 persistent, a session id ephemeral, or one of the two forms here.

/** The owner of a container node. */
export const containerOwner = -(2n ** 63n)
/** Times to live are below this, in ms: about 34 years. */
export const ttlMsLimit = 2n ** 40n

const extendedMask = 0xff00_0000_0000_0000n
const kindMask = 0x00ff_ff00_0000_0000n
const ttlMask = ttlMsLimit - 1n

export type NodeKind = 'persistent' | 'ephemeral' | 'container' | 'ttl'

/** The owner of a node that lives `ttlMs` after its last change; `ttlMs` is within 1 and `ttlMsLimit` - 1. */
export function ttlOwner(ttlMs: bigint): bigint {
  return BigInt.asIntN(64, extendedMask | ttlMs)
}

export function ttlMsOf(owner: bigint): bigint {
  return owner & ttlMask
}

export function nodeKindOf(owner: bigint): NodeKind {
  if (owner === 0n) return 'persistent'
  if (owner === containerOwner) return 'container'
  return (owner & extendedMask) === extendedMask && (owner & kindMask) === 0n ? 'ttl' : 'ephemeral'
}
