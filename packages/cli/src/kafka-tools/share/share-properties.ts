import { ToolError } from '../tool-error.ts'

/** The share group that is named in one place or several; undefined where in none. Throws `ToolError` for two different ones. */
export function groupGiven(ids: readonly (string | undefined)[]): string | undefined {
  const groups = new Set(ids.filter((id) => id !== undefined))
  if (groups.size > 1) {
    throw new ToolError(
      'USAGE',
      `The group ids provided in different places (directly using '--group', via '--command-property', or via '--command-config') do not match. Detected group ids: ${[...groups].map((id) => `'${id}'`).join(', ')}`,
    )
  }
  return [...groups][0]
}
