// `npm run sim -- SEED [--scenario NAME] [--count N] [--fault SERVER.NAME] [--verbose]`: plays scenarios with a seed, and N - 1 seeds after it.
import { parseArgs } from 'node:util'
import { runScenario, scenarios } from '@odradek/simulation'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scenario: { type: 'string', short: 's' },
    count: { type: 'string', short: 'n', default: '1' },
    fault: { type: 'string', multiple: true, default: [] },
    verbose: { type: 'boolean', short: 'v', default: false },
  },
})
const [seed] = positionals
const chosen = scenarios.filter(({ name }) => values.scenario === undefined || name === values.scenario)
if (seed === undefined || chosen.length === 0) {
  process.stderr.write(
    'usage: npm run sim -- SEED [--scenario NAME] [--count N] [--fault SERVER.NAME] [--verbose]\n\nscenarios:\n',
  )
  for (const { name, about } of scenarios) process.stderr.write(`  ${name.padEnd(20)} ${about}\n`)
  process.exit(2)
}

const seeds = Array.from({ length: Number(values.count) }, (_, index) =>
  index === 0 ? seed : `${Number(seed) + index}`,
)
const faults: Record<string, Record<string, true>> = {}
for (const fault of values.fault) {
  const [server = '', name = ''] = fault.split('.')
  faults[server] = { ...faults[server], [name]: true }
}
const print = (line: string): void => void process.stdout.write(`${line}\n`)
let failed = 0
const startMs = performance.now()
for (const scenario of chosen) {
  for (const one of seeds) {
    try {
      const report = await runScenario(scenario, one, values.verbose ? { faults, print } : { faults })
      const counts = [...report.counts].map(([what, count]) => `${what} ${count}`).join(', ')
      print(
        `ok: ${scenario.name} ${one}: trace ${report.traceHash}, ${report.eventCount} lines, ${(report.virtualMs / 1000).toFixed(0)} virtual s; ${counts}`,
      )
    } catch (error) {
      failed++
      print(`FAILED: ${scenario.name} ${one}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}
const played = chosen.length * seeds.length
const perMinute = Math.round((played * 60_000) / (performance.now() - startMs))
print(`${played - failed} passed, ${failed} failed (${perMinute} seeds per minute)`)
process.exit(failed === 0 ? 0 : 1)
