import { parseProperties } from '@odradek/broker'
import type { Env } from '@odradek/base'
import { readTextFile } from './read-file.ts'

/** The keys and values of a .properties file that the user named. */
export function readProperties(env: Env, path: string): Map<string, string> {
  const properties = parseProperties(readTextFile(env, path), path)
  return new Map([...properties].map(([key, { value }]) => [key, value]))
}
