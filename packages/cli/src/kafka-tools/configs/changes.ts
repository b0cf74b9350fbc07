import { readProperties } from '../../read-properties.ts'
import type { ToolRun } from '../kafka-tool.ts'
import { ToolError } from '../tool-error.ts'
import type { ToolArguments } from '../tool-options.ts'

/** What is to be set and unset. */
export interface ConfigChanges {
  readonly added: ReadonlyMap<string, string>
  readonly deleted: readonly string[]
}

/** `--add-config`, `--add-config-file` and `--delete-config`. Throws `ToolError`. */
export async function parseChanges(given: ToolArguments, tool: ToolRun): Promise<ConfigChanges> {
  const file = given.value('add-config-file')
  const added = new Map(file === undefined ? [] : readProperties(await tool.env(), file))
  for (const text of splitPairs(given.value('add-config'))) {
    const pair = text.split(/\s*=\s*(?=[^\]]*(?:\[|$))/)
    if (pair.length !== 2)
      throw new ToolError(
        'REFUSED',
        'requirement failed: Invalid entity config: all configs to be added must be in the format "key=val".',
      )
    const [key = '', value = ''] = pair
    added.set(key.trim(), value.replaceAll(/\[?\]?/g, '').trim())
  }
  const wrong = [...added.keys()].find((key) => !/^[a-zA-Z0-9._-]*$/.test(key))
  if (wrong !== undefined) throw new ToolError('REFUSED', `Invalid character found for config key: ${wrong}`)
  const deleted = given
    .values('delete-config')
    .flatMap((text) => text.split(','))
    .map((key) => key.trim())
  return { added, deleted }
}

/** Pairs between commas, but for those within brackets. */
function splitPairs(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(/,(?=[^\]]*(?:\[|$))/)
}

/** Throws for keys to unset that are not set. */
export function ensureSet(deleted: readonly string[], isSet: (key: string) => boolean): void {
  const missing = deleted.filter((key) => !isSet(key))
  if (missing.length > 0) throw new ToolError('REFUSED', `Invalid config(s): ${missing.join(',')}`)
}
