// The file of export and import: JSON that a person can read, compare and edit.
import type { Acl } from '@odradek/zookeeper-client'
import { aclJson, parsePermissions } from '../format/acl.ts'
import { dataJson, parseData } from '../format/data.ts'
import { UsageError } from '../usage-error.ts'

const formatName = 'odradek-zookeeper-export'

export interface ExportedNode {
  /** Below the root of the export, beginning with `/`; the root itself is `/`. */
  readonly path: string
  readonly data: Buffer | null
  /** Absent: not told. */
  readonly acl?: readonly Acl[]
}

export interface ExportFile {
  /** Where the nodes were, and where an import puts them unless told otherwise. */
  readonly root: string
  /** Parents before children. */
  readonly nodes: readonly ExportedNode[]
}

/** One node a line. */
export function writeExport({ root, nodes }: ExportFile): string {
  const lines = nodes.map(({ path, data, acl }) => {
    return `    ${JSON.stringify({ path, ...dataJson(data), ...(acl && { acl: acl.map(aclJson) }) })}`
  })
  const head = `  "format": "${formatName}",\n  "version": 1,\n  "root": ${JSON.stringify(root)},\n`
  return `{\n${head}  "nodes": [\n${lines.join(',\n')}\n  ]\n}\n`
}

/** Throws `UsageError` with the place when the text is no export. */
export function readExport(text: string): ExportFile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`the file is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const { format, version, root, nodes } = fieldsOf(value, 'the file')
  if (format !== formatName || version !== 1) {
    throw new UsageError(`the file is no export: "format" must be "${formatName}" and "version" 1`)
  }
  if (typeof root !== 'string' || !root.startsWith('/') || !Array.isArray(nodes)) {
    throw new UsageError('the file is no export: "root" must be a path and "nodes" a list')
  }
  return { root, nodes: nodes.map((node, index) => readNode(node, `node ${index + 1}`)) }
}

function readNode(value: unknown, place: string): ExportedNode {
  const { path, data, encoding = 'utf8', acl } = fieldsOf(value, place)
  if (typeof path !== 'string' || !path.startsWith('/')) throw new UsageError(`${place}: "path" must begin with "/"`)
  if (encoding !== 'utf8' && encoding !== 'base64') throw new UsageError(`${path}: "encoding" must be utf8 or base64`)
  if (data !== null && typeof data !== 'string') throw new UsageError(`${path}: "data" must be a text or null`)
  return {
    path,
    data: data === null ? null : parseData(data, encoding),
    ...(acl !== undefined && { acl: readAcl(acl, path) }),
  }
}

function readAcl(value: unknown, path: string): Acl[] {
  if (!Array.isArray(value) || value.length === 0) throw new UsageError(`${path}: "acl" must be a list with an entry`)
  return value.map((entry) => {
    const { scheme, id, perms } = fieldsOf(entry, `${path}: an entry of "acl"`)
    if (typeof scheme !== 'string' || typeof id !== 'string' || typeof perms !== 'string') {
      throw new UsageError(`${path}: an entry of "acl" needs the texts "scheme", "id" and "perms"`)
    }
    return { perms: parsePermissions(perms), id: { scheme, id } }
  })
}

function fieldsOf(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new UsageError(`${place} must be an object`)
}
