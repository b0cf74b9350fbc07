#!/usr/bin/env node
import { realpathSync } from 'node:fs'
import path from 'node:path'
import { main, processTerminal } from '@odradek/cli'

void main(process.argv.slice(2), {
  createEnv: async (level) => (await import('@odradek/env-node')).createNodeEnv({ log: { level } }),
  profilesDirectory: path.resolve(realpathSync(process.argv[1]), '../../../../config'),
  environment: process.env,
  terminal: processTerminal({ monotonicMs: () => performance.now() }),
}).then((exitCode) => {
  process.exitCode = exitCode
})
