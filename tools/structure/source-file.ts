// One file of the repository as the structure rules see it: its lines, its code without comments and strings, its imports.
import { readFileSync } from 'node:fs'

export interface ImportEdge {
  readonly specifier: string
  /** Nothing of it is left when types are stripped. */
  readonly typeOnly: boolean
  /** `import('…')`: loaded when it is reached, so it can close no cycle at load time. */
  readonly dynamic: boolean
}

export interface SourceFile {
  /** Relative to the root, e.g. `packages/base/src/assert.ts`. */
  readonly path: string
  readonly packageName: string | undefined
  readonly isTest: boolean
  readonly lineCount: number
  readonly code: string
  readonly imports: readonly ImportEdge[]
}

const statement = /^(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm
const dynamicImport = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

/** Reads and analyses one file. */
export function readSourceFile(path: string): SourceFile {
  const text = readFileSync(path, 'utf8')
  const withoutComments = stripComments(text)
  const imports: ImportEdge[] = []
  for (const match of withoutComments.matchAll(statement)) {
    const onlyTypesNamed = /^export\s*\{\s*(type\s+[\w$]+\s*,?\s*)+\}/.test(match[0])
    imports.push({ specifier: match[2] as string, typeOnly: match[1] !== undefined || onlyTypesNamed, dynamic: false })
  }
  for (const match of withoutComments.matchAll(dynamicImport)) {
    imports.push({ specifier: match[1] as string, typeOnly: false, dynamic: true })
  }
  return {
    path,
    packageName: /^packages\/([^/]+)\//.exec(path)?.[1],
    isTest: path.endsWith('.test.ts') || /^packages\/[^/]+\/test\//.test(path),
    lineCount: text.split('\n').length - 1,
    code: withoutStrings(withoutComments),
    imports,
  }
}

/** Comments become spaces; strings are left alone, so `//` in one is safe. */
function stripComments(text: string): string {
  return text.replace(
    /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (whole, string) => (string === undefined ? whole.replace(/[^\n]/g, ' ') : whole),
  )
}

function withoutStrings(text: string): string {
  return text.replace(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, "''")
}
