import { CliError } from '../cli-error.ts'

/** Whether a topic fits what Kafka's tools take for topics: a regular expression, commas between several; everything when none is given. */
export function topicPattern(text: string | undefined): (name: string) => boolean {
  if (text === undefined) return () => true
  const cleaned = text
    .trim()
    .replaceAll(',', '|')
    .replaceAll(' ', '')
    .replaceAll(/^["']+|["']+$/g, '')
  let pattern: RegExp
  try {
    pattern = new RegExp(`^(?:${cleaned})$`)
  } catch (error) {
    throw new CliError('INVALID_OPTION', `${text} is an invalid regex.`, { cause: error })
  }
  return (name) => pattern.test(name)
}
