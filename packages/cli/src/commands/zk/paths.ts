import { UsageError } from './usage-error.ts'

/** A path as a person types it: one slash at the end may be there. Throws `UsageError`. */
export function parsePath(text: string | undefined): string {
  if (text === undefined || !text.startsWith('/')) {
    throw new UsageError(`a path begins with "/", "${text ?? ''}" does not`)
  }
  return text.length > 1 && text.endsWith('/') ? text.slice(0, -1) : text
}

export function childPath(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`
}

export function parentPath(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')))
}

/** A version as an option gives it; -1, any, when it is not there. */
export function parseVersion(text: string | boolean | undefined): number {
  if (text === undefined) return -1
  if (typeof text !== 'string' || !/^-?\d+$/.test(text)) throw new UsageError(`a version is a number, not "${text}"`)
  return Number(text)
}
