import type { Faker } from '@faker-js/faker'

export type Faked = { readonly text: string } | { readonly message: string }

/**
 * What faker makes of `module.method` or `module.method(args)`. Arguments are JSON; a list in single
 * quotes, `(['a', 'b'])`, is read as the list it is meant to be.
 */
export function fake(faker: Faker, expression: string): Faked {
  if (reachesOut(expression))
    return { message: `"{{${expression}}}" is not a faker expression that can be used here.` }
  try {
    return { text: faker.helpers.fake(`{{${withDoubleQuotes(expression)}}}`) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { message: `"{{${expression}}}" cannot be made: ${why.replace(/[.\s]+$/, '')}.` }
  }
}

/**
 * faker follows any property of its objects, and `constructor.constructor("…")` is a way to run
 * code: a file must not be able to. Strings among the arguments are data, unless faker would read
 * them as an expression of their own (`helpers.fake`), which a `{{` could hide in as `\u007b`.
 */
function reachesOut(expression: string): boolean {
  const plain = expression.replace(/\\+u([0-9a-f]{4})/gi, (_, code: string) =>
    String.fromCharCode(parseInt(code, 16)),
  )
  const path = expression.replace(/"(?:[^"\\]|\\.)*"/g, '')
  return (
    plain.includes('{{') || /constructor|prototype|__|\bfaker\b|\b(?:call|apply|bind)\b/.test(path)
  )
}

function withDoubleQuotes(expression: string): string {
  const match = /^([\w.]+)\((.*)\)$/s.exec(expression)
  const args = match?.[2]?.trim() ?? ''
  if (!/^[[{]/.test(args) || !args.includes("'") || /["\\]/.test(args)) return expression
  const quoted = args.replaceAll("'", '"')
  return isJson(`[${quoted}]`) ? `${match?.[1] ?? ''}(${quoted})` : expression
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
