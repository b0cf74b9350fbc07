/** A wrong argument, as it comes out in the text of an error. */
export function shown(value: unknown): string {
  return String(value as string)
}
