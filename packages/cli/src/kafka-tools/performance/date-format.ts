/** A time as Java's SimpleDateFormat prints it, for the letters y M d H m s S, in the machine's time zone. */
export function dateText(wallMs: number, format = 'yyyy-MM-dd HH:mm:ss:SSS'): string {
  const date = new Date(wallMs)
  const parts: Readonly<Record<string, number>> = {
    y: date.getFullYear(),
    M: date.getMonth() + 1,
    d: date.getDate(),
    H: date.getHours(),
    m: date.getMinutes(),
    s: date.getSeconds(),
    S: date.getMilliseconds(),
  }
  return format.replaceAll(/'([^']*)'|(y+|M+|d+|H+|m+|s+|S+)/g, (letters, quoted: string | undefined) =>
    quoted === undefined ? String(parts[letters[0] ?? '']).padStart(letters.length, '0') : quoted || "'",
  )
}
