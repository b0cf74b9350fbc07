#!/usr/bin/env node
import { main } from '@odradek/cli'

process.exitCode = await main(process.argv.slice(2))
