/** Partitions as a `.kafka` file writes them, with ranges for those in a row: `0-3,7`. */
export function partitionsText(partitions: readonly number[]): string {
  const parts: string[] = []
  const sorted = [...partitions].sort((a, b) => a - b)
  for (let index = 0; index < sorted.length; index++) {
    const first = sorted[index] ?? 0
    let last = first
    while (sorted[index + 1] === last + 1) last = sorted[++index] ?? last
    parts.push(first === last ? String(first) : `${first}-${last}`)
  }
  return parts.join(',')
}
