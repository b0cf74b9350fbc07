import type { ScramMechanism } from '@odradek/client'
import { ToolError } from '../tool-error.ts'

const iterationsDefault = 4096
const iterationsMin = 4096

export function isScram(key: string): key is ScramMechanism {
  return key === 'SCRAM-SHA-256' || key === 'SCRAM-SHA-512'
}

/** `[iterations=8192,password=secret]`, its brackets gone. Throws `ToolError`. */
export function parseScram(
  mechanism: string,
  text: string,
): { readonly mechanism: ScramMechanism; readonly iterations: number; readonly password: string } {
  const parts = /^(?:iterations=(-?\d*),)?password=(.*)$/.exec(text)
  const name = mechanism.replaceAll('-', '_')
  if (parts === null || !isScram(mechanism))
    throw new ToolError('REFUSED', `Invalid credential property ${name}=${text}`)
  const [, given, password = ''] = parts
  const iterations = given === undefined || given === '-1' ? iterationsDefault : Number(given)
  if (iterations < iterationsMin) {
    throw new ToolError(
      'REFUSED',
      `Iterations ${iterations} is less than the minimum ${iterationsMin} required for ${mechanism}`,
    )
  }
  return { mechanism, iterations, password }
}
