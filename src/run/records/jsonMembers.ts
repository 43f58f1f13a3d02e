/**
 * The members of a JSON object by name, each as its own text, so that numbers keep their digits; of
 * a name that stands there twice the last one. Undefined: it is no object. Throws `SyntaxError`.
 */
export function jsonMembers(text: string): ReadonlyMap<string, string> | undefined {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const members = new Map<string, string>()
  let at = text.indexOf('{') + 1
  for (;;) {
    const nameStart = text.indexOf('"', at)
    if (nameStart < 0) return members
    const nameEnd = endOfString(text, nameStart)
    const start = text.indexOf(':', nameEnd) + 1
    const end = endOfValue(text, start)
    members.set(String(JSON.parse(text.slice(nameStart, nameEnd))), text.slice(start, end).trim())
    if (text[end] === '}') return members
    at = end + 1
  }
}

/** Behind the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

/** The comma or the brace that ends a value; the text is valid JSON. */
function endOfValue(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (character === '"') at = endOfString(text, at) - 1
    else if (character === '{' || character === '[') depth++
    else if (depth === 0 && (character === ',' || character === '}')) return at
    else if (character === '}' || character === ']') depth--
  }
  return text.length
}
