// Session ids and passwords as ZooKeeper makes them, so that a session may move between its servers and ours.

/** The first session id that a server gives out: its id in the top byte, then the time, then room to count up. */
export function firstSessionId(serverId: number, wallMs: number): bigint {
  const time = BigInt.asUintN(64, BigInt(wallMs) << 24n) >> 8n
  return BigInt.asIntN(64, time | (BigInt(serverId) << 56n))
}

const passwordSecret = 0xb3415c00n
const multiplier = 0x5deece66dn
const mask48 = (1n << 48n) - 1n

/**
 * The password of a session: 16 bytes of java.util.Random seeded with the session id. Whoever knows an id knows the password too;
 * it keeps clients from taking over a session by mistake, not by intent.
 */
export function sessionPassword(sessionId: bigint): Buffer {
  const password = Buffer.alloc(16)
  let state = (sessionId ^ passwordSecret ^ multiplier) & mask48
  for (let index = 0; index < 16; index += 4) {
    state = (state * multiplier + 0xbn) & mask48
    password.writeInt32LE(Number(BigInt.asIntN(32, state >> 16n)), index)
  }
  return password
}
