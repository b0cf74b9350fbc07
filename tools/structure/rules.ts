// The rules that hold the code to the design: layers, effects, syntax, value cycles, dead files, sizes. Read by tools/structure/structure.test.ts.
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { readSourceFile } from './source-file.ts'
import type { SourceFile } from './source-file.ts'

interface Layers {
  readonly packages: Readonly<Record<string, readonly string[]>>
  /** Further faces of a package, where a user's program starts, and what they alone may import. */
  readonly entries: Readonly<Record<string, readonly string[]>>
  readonly testsMayAlsoImport: readonly string[]
  readonly testEdges: Readonly<Record<string, readonly string[]>>
  readonly effects: {
    readonly allowedIn: readonly string[]
    readonly modules: readonly string[]
    readonly globals: readonly string[]
    readonly exceptions: Readonly<Record<string, string>>
  }
  readonly largestFileLines: number
}

export interface Repository {
  readonly layers: Layers
  readonly files: ReadonlyMap<string, SourceFile>
}

/** Reads layers.json and every source file of the packages. */
export function readRepository(): Repository {
  const layers = JSON.parse(readFileSync('layers.json', 'utf8')) as Layers
  const paths = globSync(['packages/*/{src,test,bin}/**/*.{ts,js}', 'packages/connectors/*/{src,test}/**/*.ts'])
  return { layers, files: new Map(paths.sort().map((file) => [file, readSourceFile(file)])) }
}

/** Imports between packages that layers.json does not name, and dependencies that a package.json lacks. */
export function layerViolations({ layers, files }: Repository): string[] {
  const violations: string[] = []
  for (const file of files.values()) {
    const owner = file.packageName as string
    const allowed = layers.packages[owner]
    if (allowed === undefined) {
      violations.push(`${file.path}: package ${owner} is not in layers.json`)
      continue
    }
    for (const { specifier } of file.imports) {
      const target = /^@odradek\/([^/]+)/.exec(specifier)?.[1]
      if (
        specifier.startsWith('.') &&
        !path.join(path.dirname(file.path), specifier).startsWith(`packages/${owner}/`)
      ) {
        violations.push(`${file.path}: ${specifier} leaves the package`)
      }
      if (target === undefined || target === owner || allowed.includes(target)) continue
      if (layers.entries[file.path]?.includes(target) === true) continue
      const inTest = [...layers.testsMayAlsoImport, ...(layers.testEdges[owner] ?? [])]
      if (file.isTest && inTest.includes(target)) continue
      violations.push(`${file.path}: ${owner} may not import ${target}`)
    }
  }
  return violations
}

/** Reaching for the world other than through Env. */
export function effectViolations({ layers, files }: Repository): string[] {
  const { allowedIn, modules, globals, exceptions } = layers.effects
  const violations: string[] = []
  for (const file of files.values()) {
    if (allowedIn.includes(file.packageName as string) || file.isTest || file.path in exceptions) continue
    for (const { specifier, typeOnly } of file.imports) {
      if (!typeOnly && modules.includes(specifier)) violations.push(`${file.path}: imports ${specifier}`)
    }
    for (const name of globals) {
      const pattern = new RegExp(`(?<![\\w$.])${name.replaceAll(/[.()]/g, String.raw`\$&`)}(?![\\w$])`)
      if (pattern.test(file.code)) violations.push(`${file.path}: uses ${name}`)
    }
  }
  return violations
}

/** Syntax that the oldest Node of package.json's `engines` cannot read: `using` came with version 24. */
export function tooNewSyntax({ files }: Repository): string[] {
  return [...files.values()]
    .filter(({ isTest, code }) => !isTest && /\busing\s+[\w$]+\s*=/.test(code))
    .map((file) => `${file.path}: declares with using, which Node 22 does not know`)
}

/** Cycles among files of one package that exist at load time. */
export function valueCycles(repository: Repository): string[] {
  const cycles: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const trail: string[] = []
  const visit = (file: SourceFile): void => {
    state.set(file.path, 'open')
    trail.push(file.path)
    for (const edge of file.imports) {
      if (edge.typeOnly || edge.dynamic) continue
      const target = resolve(repository, file, edge.specifier)
      if (target === undefined) continue
      if (state.get(target.path) === 'open') {
        cycles.push([...trail.slice(trail.indexOf(target.path)), target.path].join(' -> '))
      } else if (!state.has(target.path)) visit(target)
    }
    trail.pop()
    state.set(file.path, 'done')
  }
  for (const file of repository.files.values()) if (!state.has(file.path)) visit(file)
  return cycles
}

/** Files under src that neither a package's face, nor a program's start, nor a tool reaches. What only tests reach is dead too. */
export function deadFiles(repository: Repository): string[] {
  const reached = new Set<string>()
  const visit = (file: SourceFile): void => {
    if (reached.has(file.path)) return
    reached.add(file.path)
    for (const { specifier } of file.imports) {
      const target = resolve(repository, file, specifier)
      if (target !== undefined) visit(target)
    }
  }
  const faces = [...repository.files.values()].filter(
    ({ path: file }) =>
      /^packages\/[^/]+\/(src\/index\.ts|bin\/)/.test(file) ||
      file in repository.layers.entries ||
      file.startsWith('packages/kafka-protocol/src/messages/'),
  )
  for (const file of faces) visit(file)
  return [...repository.files.values()]
    .filter((file) => !file.isTest && file.path.includes('/src/') && !reached.has(file.path))
    .map((file) => file.path)
}

/** Files above the size at which a file is surely not one thing. */
export function oversizedFiles({ layers, files }: Repository): string[] {
  return [...files.values()]
    .filter((file) => file.lineCount > layers.largestFileLines)
    .map((file) => `${file.path}: ${file.lineCount} lines`)
}

function resolve({ files }: Repository, from: SourceFile, specifier: string): SourceFile | undefined {
  if (specifier.startsWith('.')) {
    const target = path.join(path.dirname(from.path), specifier)
    return files.get(target)
  }
  const match = /^@odradek\/([^/]+)(?:\/(.+))?$/.exec(specifier)
  if (match === null) return undefined
  const target =
    match[2] === undefined ? `packages/${match[1]}/src/index.ts` : `packages/${match[1]}/src/${match[2]}.ts`
  return existsSync(target) ? files.get(target) : undefined
}
