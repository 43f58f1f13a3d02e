/** What is wrong with the options, in a sentence, and its place where that helps. */
export class BadOptions extends Error {}

/** The message of what `parseArgs` throws, in one line. */
export function parseMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n')[0] ?? text
}
