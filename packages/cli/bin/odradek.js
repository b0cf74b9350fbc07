#!/usr/bin/env node
import { main, processTerminal } from '@odradek/cli'

process.exitCode = await main(process.argv.slice(2), {
  createEnv: async (level) => (await import('@odradek/env-node')).createNodeEnv({ log: { level } }),
  environment: process.env,
  terminal: processTerminal(),
})
