import { ZooKeeperError } from '@odradek/zookeeper-client'
import type { ZooKeeperClient } from '@odradek/zookeeper-client'
import { parseQuota, quotaText } from '../format/quota.ts'
import { parentPath, parsePath } from '../paths.ts'
import type { ShellArguments, ShellCommand } from '../shell-command.ts'
import { UsageError } from '../usage-error.ts'
import { walk } from '../walk.ts'
import { makeParents } from './create.ts'

const quotaRoot = '/zookeeper/quota'
const limitsName = 'zookeeper_limits'
const statsName = 'zookeeper_stats'

/** The options, as zkCli has them, and the keys of the limits that they mean. */
const limits = [
  { option: 'count', short: 'n', key: 'count', least: 1 },
  { option: 'bytes', short: 'b', key: 'bytes', least: 0 },
  { option: 'hardCount', short: 'N', key: 'countHardLimit', least: 1 },
  { option: 'hardBytes', short: 'B', key: 'byteHardLimit', least: 0 },
] as const

export const setQuota: ShellCommand = {
  names: ['setquota'],
  usage: '[-n COUNT] [-b BYTES] [-N COUNT] [-B BYTES] PATH',
  summary:
    'limit what is in a subtree; -n, -b: the server warns in its log, -N, -B: it refuses, with enforceQuota=true',
  options: Object.fromEntries(limits.map(({ option, short }) => [option, { type: 'string', short }])),
  arity: [1, 1],
  async run({ client, output }, args) {
    const path = quotaPathOf(args)
    const wanted = wantedLimits(args)
    if (wanted.size === 0) throw new UsageError(`give a limit: setquota ${setQuota.usage}`)
    if ((await client.exists(path)) === undefined) throw new ZooKeeperError('NO_NODE', `${path} is not there`)
    await requireNoOther(client, path)
    const folder = `${quotaRoot}${path}`
    await makeParents(client, folder)
    const before = await read(client, `${folder}/${limitsName}`)
    const facts = new Map([...(before ?? unlimited()), ...wanted])
    const data = Buffer.from(quotaText(facts))
    if (before === undefined) {
      const outcome = await client.multi([
        { op: 'create', path: `${folder}/${limitsName}`, data },
        { op: 'create', path: `${folder}/${statsName}`, data: Buffer.from('count=0,bytes=0') },
      ])
      if (!outcome.committed) throw new ZooKeeperError(outcome.failedWith, `somebody else sets a quota for ${path}`)
    } else {
      await client.setData(`${folder}/${limitsName}`, data)
    }
    const stats = (await read(client, `${folder}/${statsName}`)) ?? new Map<string, number>()
    for (const { key } of limits) {
      const fact = key === 'count' || key === 'countHardLimit' ? 'count' : 'bytes'
      const limit = facts.get(key) ?? -1
      const there = stats.get(fact) ?? 0
      if (limit > -1 && there > limit) output.note(`there is more already: ${fact} ${there}, ${key} ${limit}`)
    }
  },
}

export const listQuota: ShellCommand = {
  names: ['listquota'],
  usage: 'PATH',
  summary: 'the limits of a subtree, and what is in it',
  options: {},
  arity: [1, 1],
  async run({ client, output, format }, args) {
    const path = quotaPathOf(args)
    const quota = await read(client, `${quotaRoot}${path}/${limitsName}`)
    const stats = await read(client, `${quotaRoot}${path}/${statsName}`)
    if (quota === undefined) throw new ZooKeeperError('NO_NODE', `${path} has no quota`)
    if (format === 'json') {
      const result = { path, limits: Object.fromEntries(quota), stats: Object.fromEntries(stats ?? []) }
      return output.line(JSON.stringify(result))
    }
    output.line(`limits ${quotaText(quota)}`)
    output.line(`stats ${quotaText(stats ?? new Map<string, number>())}`)
  },
}

export const deleteQuota: ShellCommand = {
  names: ['delquota'],
  usage: '[-n] [-b] [-N] [-B] PATH',
  summary: 'take away the limits of a subtree, or those that are named',
  options: Object.fromEntries(limits.map(({ option, short }) => [option, { type: 'boolean', short }])),
  arity: [1, 1],
  async run({ client }, args) {
    const path = quotaPathOf(args)
    const folder = `${quotaRoot}${path}`
    const quota = await read(client, `${folder}/${limitsName}`)
    if (quota === undefined) throw new ZooKeeperError('NO_NODE', `${path} has no quota`)
    const named = limits.filter(({ option }) => args.options[option] === true)
    if (named.length > 0) {
      for (const { key } of named) quota.set(key, -1)
      await client.setData(`${folder}/${limitsName}`, Buffer.from(quotaText(quota)))
      return
    }
    for (const name of [limitsName, statsName]) await deleteIfThere(client, `${folder}/${name}`)
    await deleteEmptyAbove(client, folder)
  },
}

function quotaPathOf({ positionals }: ShellArguments): string {
  const path = parsePath(positionals[0])
  if (path === '/' || `${path}/`.startsWith(`${quotaRoot}/`)) throw new UsageError(`${path} can have no quota`)
  return path
}

function wantedLimits({ options }: ShellArguments): Map<string, number> {
  const wanted = new Map<string, number>()
  for (const { option, short, key, least } of limits) {
    const text = options[option]
    if (typeof text !== 'string') continue
    const value = Number(text)
    if (!Number.isSafeInteger(value) || value < least) {
      throw new UsageError(`-${short} takes a whole number from ${least} on, not "${text}"`)
    }
    wanted.set(key, value)
  }
  return wanted
}

function unlimited(): Map<string, number> {
  return new Map(limits.map(({ key }) => [key, -1]))
}

async function read(client: ZooKeeperClient, path: string): Promise<Map<string, number> | undefined> {
  try {
    return parseQuota((await client.getData(path)).data)
  } catch (error) {
    if (error instanceof ZooKeeperError && error.code === 'NO_NODE') return undefined
    throw error
  }
}

/** Quotas do not lie within each other. */
async function requireNoOther(client: ZooKeeperClient, path: string): Promise<void> {
  for (let above = parentPath(path); above !== '/'; above = parentPath(above)) {
    if ((await client.exists(`${quotaRoot}${above}/${limitsName}`)) !== undefined) {
      throw new ZooKeeperError('NODE_EXISTS', `${above}, above ${path}, has a quota`)
    }
  }
  const folder = `${quotaRoot}${path}`
  if ((await client.exists(folder)) === undefined) return
  for await (const { path: below } of walk(client, folder)) {
    if (below.endsWith(`/${limitsName}`) && parentPath(below) !== folder) {
      throw new ZooKeeperError(
        'NODE_EXISTS',
        `${parentPath(below).slice(quotaRoot.length)}, below ${path}, has a quota`,
      )
    }
  }
}

async function deleteEmptyAbove(client: ZooKeeperClient, folder: string): Promise<void> {
  for (let path = folder; path !== quotaRoot; path = parentPath(path)) {
    const { children } = await client.getChildren(path)
    if (children.length > 0) return
    await deleteIfThere(client, path)
  }
}

async function deleteIfThere(client: ZooKeeperClient, path: string): Promise<void> {
  try {
    await client.delete(path)
  } catch (error) {
    if (!(error instanceof ZooKeeperError) || error.code !== 'NO_NODE') throw error
  }
}
