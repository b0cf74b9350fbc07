/** The text with control characters written out, so that what anybody stored cannot steer a terminal. Line ends and tabs stay with `keepLines`. */
export function printable(text: string, keepLines = false): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    if (keepLines && (character === '\n' || character === '\t')) return character
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
