import { DiskError } from '@odradek/base'
import type { SeededRandom } from '../seeded-random.ts'
import type { SimulatedProcess } from '../simulated-process.ts'
import { FileContent } from './file-content.ts'

export interface FileNode {
  readonly kind: 'file'
  content: FileContent
  modifiedMs: number
}

export interface DirectoryNode {
  readonly kind: 'directory'
  /** As programs see it. */
  entries: Map<string, Node>
  /** As it is on the disk. */
  durable: Map<string, Node>
}

export type Node = FileNode | DirectoryNode

/** One step that changes names: wholly on the disk, or not at all. */
interface NameChange {
  readonly steps: readonly {
    readonly directory: DirectoryNode
    readonly name: string
    readonly node: Node | undefined
  }[]
}

/** Where a path leads: the directory that holds its last part, and what is there. */
export interface Place {
  readonly directory: DirectoryNode
  readonly name: string
  readonly node: Node | undefined
}

/** The names and files of one machine. A crash makes a new one out of it; the old one is left to the process that died. */
export class FileSystem {
  #root: DirectoryNode = newDirectory()
  /** Changes of names that no sync of a directory has made durable yet, oldest first. */
  #unsynced: NameChange[] = []
  /** Lock files and who holds them. */
  readonly locks = new Map<Node, SimulatedProcess>()

  find(path: string): Node | undefined {
    let node: Node | undefined = this.#root
    for (const part of partsOf(path)) {
      if (node?.kind !== 'directory') return undefined
      node = node.entries.get(part)
    }
    return node
  }

  /** Throws NOT_FOUND or NOT_A_DIRECTORY where the way to the last part does not exist. */
  place(path: string, action: string): Place {
    const parts = partsOf(path)
    const name = parts.pop()
    if (name === undefined) throw new DiskError('EXISTS', `${action} ${path}: it is the root`)
    const directory = this.find(parts.join('/'))
    if (directory === undefined)
      throw new DiskError('NOT_FOUND', `${action} ${path}: there is no directory that holds it`)
    if (directory.kind === 'file') throw new DiskError('NOT_A_DIRECTORY', `${action} ${path}: it would be below a file`)
    return { directory, name, node: directory.entries.get(name) }
  }

  link(place: Place, node: Node | undefined): void {
    this.#change([{ directory: place.directory, name: place.name, node }])
  }

  rename(from: Place, to: Place): void {
    const moved = { directory: to.directory, name: to.name, node: from.node }
    this.#change([{ directory: from.directory, name: from.name, node: undefined }, moved])
  }

  syncDirectory(directory: DirectoryNode): void {
    // A rename between two directories is one step: with it go the changes of the other one.
    const reached = new Set([directory])
    for (let size = 0; size !== reached.size;) {
      size = reached.size
      for (const { steps } of this.#unsynced) {
        if (steps.some((step) => reached.has(step.directory))) for (const step of steps) reached.add(step.directory)
      }
    }
    this.#unsynced = this.#unsynced.filter((change) => {
      const isReached = change.steps.some((step) => reached.has(step.directory))
      if (isReached) makeDurable(change)
      return !isReached
    })
  }

  usedBytes(node: Node = this.#root): number {
    if (node.kind === 'file') return node.content.usedBytes
    let sum = 0
    for (const child of node.entries.values()) sum += this.usedBytes(child)
    return sum
  }

  afterProcessCrash(): FileSystem {
    const next = new FileSystem()
    const copies = new Map<Node, Node>()
    const copy = (node: Node): Node => {
      const known = copies.get(node)
      if (known !== undefined) return known
      if (node.kind === 'file') {
        const file: FileNode = { ...node, content: node.content.afterProcessCrash() }
        copies.set(node, file)
        return file
      }
      const directory = newDirectory()
      copies.set(node, directory)
      for (const [name, child] of node.entries) directory.entries.set(name, copy(child))
      for (const [name, child] of node.durable) directory.durable.set(name, copy(child))
      return directory
    }
    next.#root = copy(this.#root) as DirectoryNode
    next.#unsynced = this.#unsynced.map(({ steps }) => ({
      steps: steps.map((step) => ({
        directory: copy(step.directory) as DirectoryNode,
        name: step.name,
        node: step.node === undefined ? undefined : copy(step.node),
      })),
    }))
    return next
  }

  /** In every directory a first part of the unsynced changes has happened; of files what `FileContent` says. */
  afterPowerLoss(random: SeededRandom): FileSystem {
    const before = this.afterProcessCrash()
    const nameLoss = lostShare(random)
    const lost = new Set<DirectoryNode>()
    for (const change of before.#unsynced) {
      const isLost = random.chance(nameLoss) || change.steps.some(({ directory }) => lost.has(directory))
      if (!isLost) makeDurable(change)
      else for (const { directory } of change.steps) lost.add(directory)
    }
    before.#unsynced = []
    const contentLoss = lostShare(random)
    const settle = (directory: DirectoryNode): void => {
      directory.entries = new Map(directory.durable)
      for (const node of directory.entries.values()) {
        if (node.kind === 'directory') settle(node)
        else node.content = node.content.afterPowerLoss(random, contentLoss)
      }
    }
    settle(before.#root)
    return before
  }

  #change(steps: NameChange['steps']): void {
    for (const { directory, name, node } of steps) {
      if (node === undefined) directory.entries.delete(name)
      else directory.entries.set(name, node)
    }
    this.#unsynced.push({ steps })
  }
}

export function newDirectory(): DirectoryNode {
  return { kind: 'directory', entries: new Map(), durable: new Map() }
}

export function newFile(modifiedMs: number): FileNode {
  return { kind: 'file', content: new FileContent(), modifiedMs }
}

function makeDurable({ steps }: NameChange): void {
  for (const { directory, name, node } of steps) {
    if (node === undefined) directory.durable.delete(name)
    else directory.durable.set(name, node)
  }
}

/** The extremes, all lost and all kept, show simple mistakes; a few holes show those of readers that trust what they find. */
function lostShare(random: SeededRandom): number {
  switch (random.integer(5)) {
    case 0:
      return 1
    case 1:
      return 0
    case 2:
      return random.float()
    default:
      return random.between(0.05, 0.3)
  }
}

function partsOf(path: string): string[] {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts
}
