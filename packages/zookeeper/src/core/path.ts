import { ZooKeeperError } from '@odradek/zookeeper-protocol'

const slash = 0x2f
const dot = 0x2e

/** Throws BAD_ARGUMENTS unless `path` may be the path of a node. */
export function validatePath(path: string | null): asserts path is string {
  const fault = path === null ? 'is null' : faultOf(path)
  if (fault !== undefined) throw new ZooKeeperError('BAD_ARGUMENTS', `path ${JSON.stringify(path)} ${fault}`)
}

function faultOf(path: string): string | undefined {
  if (path.charCodeAt(0) !== slash) return 'does not begin with a slash'
  if (path.length === 1) return undefined
  if (path.endsWith('/')) return 'ends with a slash'
  let start = 1
  for (let index = 1; index <= path.length; index++) {
    const code = index === path.length ? slash : path.charCodeAt(index)
    if (code === slash) {
      if (index === start) return 'has an empty part'
      if (isRelative(path, start, index)) return 'has a relative part'
      start = index + 1
    } else if (isForbidden(code)) {
      return `has a forbidden character at ${index}`
    }
  }
  return undefined
}

/** Is the part from `start` to `end` one dot, or two? */
function isRelative(path: string, start: number, end: number): boolean {
  if (end - start > 2 || path.charCodeAt(start) !== dot) return false
  return end - start === 1 || path.charCodeAt(start + 1) === dot
}

/** Control characters, surrogates with the private use area, and specials. */
function isForbidden(code: number): boolean {
  return code <= 0x1f || (code >= 0x7f && code <= 0x9f) || (code >= 0xd800 && code <= 0xf8ff) || code >= 0xfff0
}

/**
 * The parent of a path that a client sent, before the path itself is checked: the real server looks for the parent first, so
 * `/a//b` is NO_NODE as long as `/a` is not there. Throws BAD_ARGUMENTS when there is no slash.
 */
export function parentPathOf(path: string | null): string {
  const slash = path === null ? -1 : path.lastIndexOf('/')
  if (path === null || slash === -1 || path.includes('\0')) {
    throw new ZooKeeperError('BAD_ARGUMENTS', `path ${JSON.stringify(path)} has no parent`)
  }
  return slash === 0 ? '/' : path.slice(0, slash)
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The nodes that the server itself owns and nobody may delete. */
export function isSpecialPath(path: string): boolean {
  return path === '/' || path === '/zookeeper' || path === '/zookeeper/quota' || path === '/zookeeper/config'
}

/** Ten digits, as Java's `%010d`: the suffix of a sequential node. */
export function sequenceSuffix(counter: number): string {
  return counter < 0 ? `-${String(-counter).padStart(9, '0')}` : String(counter).padStart(10, '0')
}
