import { ZnodeError } from './znode-error.ts'

/** A JSON object with reads that name the znode when something is amiss. Fields that nobody asks for do not matter. */
export class ZnodeJson {
  readonly path: string
  readonly #fields: Readonly<Record<string, unknown>>

  constructor(path: string, fields: unknown) {
    this.path = path
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
      throw this.fault('a JSON object was expected')
    }
    this.#fields = fields as Readonly<Record<string, unknown>>
  }

  static parse(path: string, data: Buffer | null): ZnodeJson {
    let fields: unknown
    try {
      fields = JSON.parse((data ?? Buffer.alloc(0)).toString('utf8'))
    } catch {
      throw new ZnodeError('MALFORMED', `The znode ${path} does not hold JSON; it may have been written by hand.`)
    }
    return new ZnodeJson(path, fields)
  }

  fault(why: string): ZnodeError {
    return new ZnodeError('MALFORMED', `The znode ${this.path} cannot be read: ${why}.`)
  }

  has(field: string): boolean {
    return Object.hasOwn(this.#fields, field) && this.#fields[field] !== null
  }

  #value(field: string): unknown {
    return Object.hasOwn(this.#fields, field) ? this.#fields[field] : undefined
  }

  integer(field: string, absent?: number): number {
    if (absent !== undefined && !this.has(field)) return absent
    const value = this.#value(field)
    if (!Number.isInteger(value)) throw this.fault(`"${field}" is not a whole number`)
    return value as number
  }

  string(field: string, absent?: string): string {
    if (absent !== undefined && !this.has(field)) return absent
    const value = this.#value(field)
    if (typeof value !== 'string') throw this.fault(`"${field}" is not a string`)
    return value
  }

  object(field: string): ZnodeJson {
    return new ZnodeJson(this.path, this.#value(field))
  }

  array(field: string): readonly unknown[] {
    const value = this.#value(field)
    if (!Array.isArray(value)) throw this.fault(`"${field}" is not a list`)
    return value
  }

  integers(field: string): number[] {
    return this.array(field).map((value) => {
      if (!Number.isInteger(value)) throw this.fault(`"${field}" is not a list of whole numbers`)
      return value as number
    })
  }

  strings(field: string): string[] {
    return this.array(field).map((value) => {
      if (typeof value !== 'string') throw this.fault(`"${field}" is not a list of strings`)
      return value
    })
  }

  /** The objects of a list. */
  objects(field: string): ZnodeJson[] {
    return this.array(field).map((value) => new ZnodeJson(this.path, value))
  }

  keys(): string[] {
    return Object.keys(this.#fields)
  }
}

export function encodeJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value), 'utf8')
}

/** The number that ZooKeeper put behind a sequential znode's name, or undefined for another name. */
export function sequenceNumberOf(name: string, prefix: string): number | undefined {
  const digits = name.startsWith(prefix) ? name.slice(prefix.length) : ''
  return /^-?\d{1,10}$/.test(digits) ? Number(digits) : undefined
}
