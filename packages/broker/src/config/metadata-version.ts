/** The versions that Kafka knows of its requests, znodes and record formats, oldest first (MetadataVersion of 3.9). */
const metadataVersions: readonly string[] = [
  '0.8.0 0.8.1 0.8.2 0.9.0 0.10.0-IV0 0.10.0-IV1 0.10.1-IV0 0.10.1-IV1 0.10.1-IV2 0.10.2-IV0',
  '0.11.0-IV0 0.11.0-IV1 0.11.0-IV2 1.0-IV0 1.1-IV0 2.0-IV0 2.0-IV1 2.1-IV0 2.1-IV1 2.1-IV2',
  '2.2-IV0 2.2-IV1 2.3-IV0 2.3-IV1 2.4-IV0 2.4-IV1 2.5-IV0 2.6-IV0 2.7-IV0 2.7-IV1',
  '2.7-IV2 2.8-IV0 2.8-IV1 3.0-IV0 3.0-IV1 3.1-IV0 3.2-IV0 3.3-IV0 3.3-IV1 3.3-IV2',
  '3.3-IV3 3.4-IV0 3.5-IV0 3.5-IV1 3.5-IV2 3.6-IV0 3.6-IV1 3.6-IV2 3.7-IV0 3.7-IV1',
  '3.7-IV2 3.7-IV3 3.7-IV4 3.8-IV0 3.9-IV0 4.0-IV0 4.0-IV1',
].flatMap((line) => line.split(' '))

/** What is wrong with a version, which may be given without its -IV, and with a release's third number; or undefined. */
export function metadataVersionFault(text: string): string | undefined {
  const isKnown = metadataVersions.some((version) => text === version || isReleaseOf(text, version))
  return isKnown ? undefined : `it is no version of Kafka, such as ${metadataVersions.slice(-3, -2).join('')} or 3.9`
}

/** Whether a text such as 3.9 or 3.9.1 names the release that a version belongs to. */
function isReleaseOf(text: string, version: string): boolean {
  const release = version.replace(/-IV\d+$/, '')
  const numbers = /^\d+(?:\.\d+)*$/.test(text) ? text.split('.') : []
  const length = numbers[0] === '0' ? 3 : 2
  return numbers.length >= length && numbers.length <= length + 1 && numbers.slice(0, length).join('.') === release
}
