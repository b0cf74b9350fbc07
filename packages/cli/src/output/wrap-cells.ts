/** No column gets narrower than this to make room. */
const widthMin = 12
const gapColumns = 2

/** Widths of columns that fit into `columns` together: the widest texts give way. They stay wider where that cannot be. */
export function fittedWidths(widths: readonly number[], isFixed: readonly boolean[], columns: number): number[] {
  const fitted = [...widths]
  let over = fitted.reduce((sum, width) => sum + width, 0) + gapColumns * (fitted.length - 1) - columns
  while (over > 0) {
    const candidates = fitted.map((width, column) => (isFixed[column] ? 0 : width))
    const most = Math.max(...candidates)
    if (most <= widthMin) break
    const second = Math.max(widthMin, ...candidates.filter((width) => width < most))
    const column = candidates.indexOf(most)
    const less = Math.max(1, Math.min(over, most - second))
    fitted[column] = most - less
    over -= less
  }
  return fitted
}

/** The lines that a text takes in so many columns: broken behind a blank or a mark such as a comma where there is one, else anywhere. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let rest = text
  while (rest.length > width) {
    const place = Math.max(...[',', ' ', '/', '.', '-', '_'].map((mark) => rest.lastIndexOf(mark, width - 1))) + 1
    const end = place > width / 2 ? place : width
    lines.push(rest.slice(0, end).trimEnd())
    rest = rest.slice(end).trimStart()
  }
  return [...lines, rest]
}
