/** Reads `file(path)`, with or without quotes around the path; `undefined` where it is none. */
export function parseFile(text: string): string | undefined {
  const path = /^file\((.*)\)$/
    .exec(text)?.[1]
    ?.trim()
    .replace(/^(["'])(.*)\1$/, '$2')
  return path === undefined || path === '' ? undefined : path
}
