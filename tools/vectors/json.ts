export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [name: string]: Json
}

/** JSON in which whole numbers that a double cannot hold exactly become bigints. */
export function parseJson(text: string): Json {
  return JSON.parse(text, (_name, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value) || context?.source === undefined) return value
    return /^-?\d+$/.test(context.source) ? BigInt(context.source) : value
  }) as Json
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The text of a property that has to be one. */
export function stringOf(value: Json | undefined): string {
  if (typeof value === 'string') return value
  throw new TypeError(`${JSON.stringify(value)} where a text is expected`)
}

/** The value of a property that has to be a whole number. */
export function integerOf(value: Json | undefined): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value
  throw new TypeError(`${JSON.stringify(value)} where a whole number is expected`)
}
