/**
 * Where a text stops being JSON, to stand behind "is not JSON"; empty where it is not told. Of the
 * parser's own sentence only so much: it would repeat the text.
 */
export function whereNotJson(message: string): string {
  const place = /line (\d+) column (\d+)/.exec(message)
  if (place && place[1] !== '1') return `: line ${place[1] ?? ''}, column ${place[2] ?? ''}`
  if (place) return `: column ${place[2] ?? ''}`
  const token = /^Unexpected token '(.+?)',/.exec(message)
  if (token) return `: unexpected "${token[1] ?? ''}"`
  return message.includes('end of JSON') ? ': it ends too early' : ''
}
