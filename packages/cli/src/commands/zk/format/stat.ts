import type { Stat } from '@odradek/zookeeper-client'

/** The fields of a stat by zkCli's names and in its order; times as ISO 8601. */
export function statFields(stat: Stat): [name: string, value: string | number][] {
  return [
    ['cZxid', hex(stat.czxid)],
    ['ctime', new Date(Number(stat.ctime)).toISOString()],
    ['mZxid', hex(stat.mzxid)],
    ['mtime', new Date(Number(stat.mtime)).toISOString()],
    ['pZxid', hex(stat.pzxid)],
    ['cversion', stat.cversion],
    ['dataVersion', stat.version],
    ['aclVersion', stat.aversion],
    ['ephemeralOwner', hex(stat.ephemeralOwner)],
    ['dataLength', stat.dataLength],
    ['numChildren', stat.numChildren],
  ]
}

export function statLines(stat: Stat): string[] {
  return statFields(stat).map(([name, value]) => `${name} = ${value}`)
}

export function statJson(stat: Stat): Record<string, string | number> {
  return Object.fromEntries(statFields(stat))
}

function hex(value: bigint): string {
  return `0x${BigInt.asUintN(64, value).toString(16)}`
}
