import { readdirSync } from 'node:fs'
import type { Message } from '../src/definition/message.ts'

const folder = new URL('../src/messages/', import.meta.url)
const modules = await Promise.all(
  readdirSync(folder).map(
    async (file) => (await import(new URL(file, folder).href)) as Readonly<Record<string, Message>>,
  ),
)

/** Every message that the package defines. */
export const allMessages: readonly Message[] = modules.flatMap((module) => Object.values(module))

/** Every message in each of its versions. */
export const allVersions: readonly (readonly [message: Message, version: number])[] = allMessages.flatMap((message) =>
  Array.from(
    { length: message.maxVersion - message.minVersion + 1 },
    (_, index) => [message, message.minVersion + index] as const,
  ),
)
