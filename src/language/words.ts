const LONGEST_QUOTE = 60

/** Text in quotes, cut in the middle of nowhere if it is long, on one line. */
export function quoted(text: string): string {
  const line = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text
  return `"${line.replaceAll(/\s+/g, ' ')}"`
}

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(suggestion: string | undefined, suffix = ''): string {
  return suggestion === undefined ? '' : ` Did you mean "${suggestion}${suffix}"?`
}
