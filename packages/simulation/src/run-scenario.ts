import { OdradekError } from '@odradek/base'
import { Simulation } from '@odradek/env-sim'
import { InvariantViolation } from './invariant-violation.ts'
import type { PlantedFaults } from './planted-faults.ts'
import type { Scenario } from './scenario.ts'
import { World } from './world.ts'

export interface ScenarioReport {
  readonly scenario: string
  readonly seed: string
  /** Equal for every run of the same seed. */
  readonly traceHash: string
  readonly eventCount: number
  readonly virtualMs: number
  readonly counts: ReadonlyMap<string, number>
}

/** A scenario did not end well. The message names the command that plays it again; `traceHash` tells whether it was the same. */
export class ScenarioError extends OdradekError<'VIOLATED' | 'FAILED'> {
  readonly traceHash: string
  /** The invariant that was violated, if one was. */
  readonly invariant: string | undefined

  constructor(message: string, simulation: Simulation, cause: unknown) {
    const violation = violationIn(cause)
    super(violation === undefined ? 'FAILED' : 'VIOLATED', message, { cause })
    this.traceHash = simulation.trace.hash
    this.invariant = violation?.invariant
  }
}

function violationIn(error: unknown): InvariantViolation | undefined {
  if (error instanceof InvariantViolation) return error
  return error instanceof Error ? violationIn(error.cause) : undefined
}

export interface RunOptions {
  readonly faults?: PlantedFaults
  readonly print?: (line: string) => void
}

/** Plays one scenario with one seed. Rejects with `ScenarioError`. */
export async function runScenario(scenario: Scenario, seed: string, options: RunOptions = {}): Promise<ScenarioReport> {
  const { print, faults = {} } = options
  const simulation = new Simulation({ seed: `${scenario.name} ${seed}`, ...(print === undefined ? {} : { print }) })
  const world = new World(simulation, faults)
  try {
    await simulation.runUntil(Promise.race([scenario.run(world), world.violated]), scenario.withinMs)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const events = text.includes('last events')
      ? ''
      : `\n  last events:\n    ${simulation.trace.recent(20).join('\n    ')}`
    const planted = Object.entries(faults).flatMap(([server, names]) =>
      Object.keys(names ?? {}).map((name) => ` --fault ${server}.${name}`),
    )
    const again = `npm run sim -- '${seed}' --scenario ${scenario.name}${planted.join('')}`
    const where = `at ${simulation.now.toFixed(3)} ms, trace ${simulation.trace.hash}`
    throw new ScenarioError(`${text}\n  ${where}; again with: ${again}${events}`, simulation, error)
  }
  return {
    scenario: scenario.name,
    seed,
    traceHash: simulation.trace.hash,
    eventCount: simulation.trace.length,
    virtualMs: simulation.now,
    counts: world.counts,
  }
}
