// Instances of services, in the JSON of Curator's service discovery, so that either side may be Curator's.

/** One running instance of a service. */
export interface ServiceInstance {
  /** Of the service. */
  readonly name: string
  /** Of the instance, unique in its service. */
  readonly id: string
  readonly address: string
  readonly port: number
  readonly sslPort?: number
  /** Whatever the users of the service have to know, as JSON has it. */
  readonly payload?: unknown
  /** When it registered, in milliseconds since 1970. */
  readonly registeredMs: number
}

/** As JSON. */
export function encodeInstance(instance: ServiceInstance): Buffer {
  const { name, id, address, port, sslPort = null, payload = null, registeredMs } = instance
  const fields = { name, id, address, port, sslPort, payload, registrationTimeUTC: registeredMs }
  return Buffer.from(JSON.stringify({ ...fields, serviceType: 'DYNAMIC', uriSpec: null }))
}

/** Undefined for data that is no instance: anybody may have written it. */
export function decodeInstance(name: string, id: string, data: Buffer | null): ServiceInstance | undefined {
  let value: unknown
  try {
    value = JSON.parse(data?.toString() ?? '')
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { address, port, sslPort, payload, registrationTimeUTC } = value as Readonly<Record<string, unknown>>
  if (typeof address !== 'string' || typeof port !== 'number') return undefined
  return {
    name,
    id,
    address,
    port,
    ...(typeof sslPort === 'number' && { sslPort }),
    ...(payload !== null && payload !== undefined && { payload }),
    registeredMs: typeof registrationTimeUTC === 'number' ? registrationTimeUTC : 0,
  }
}
