import { ZnodeError } from './znode-error.ts'

/** A plain number that grows with each election. Its znode's version guards every write of the controller. */
export const controllerEpochPath = '/controller_epoch'

export function encodeControllerEpoch(epoch: number): Buffer {
  return Buffer.from(String(epoch), 'utf8')
}

export function decodeControllerEpoch(data: Buffer | null): number {
  const text = data?.toString('utf8') ?? ''
  if (!/^\d{1,10}$/.test(text)) {
    throw new ZnodeError('MALFORMED', `The znode ${controllerEpochPath} cannot be read: "${text}" is not a number.`)
  }
  return Number(text)
}
