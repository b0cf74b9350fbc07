import { readdirSync } from 'node:fs'
import type { Message } from '@odradek/kafka-protocol'

let loading: Promise<ReadonlyMap<string, Message>> | undefined

/** All messages that the package defines, by Kafka's name. Loads every definition, which no program does. */
export function messagesByName(): Promise<ReadonlyMap<string, Message>> {
  loading ??= load()
  return loading
}

async function load(): Promise<ReadonlyMap<string, Message>> {
  const folder = new URL('../../packages/kafka-protocol/src/messages/', import.meta.url)
  const messages = new Map<string, Message>()
  for (const file of readdirSync(folder)) {
    const module = (await import(new URL(file, folder).href)) as Readonly<Record<string, Message>>
    for (const message of Object.values(module)) messages.set(message.name, message)
  }
  return messages
}
