import { check } from '../../src/language/check/check.ts'
import type { Knowledge, KnownCluster } from '../../src/language/check/knowledge.ts'
import { parse } from '../../src/language/parse.ts'
import type { FileProblem, Fix } from '../../src/language/tree.ts'

export function problems(text: string, knowledge?: Knowledge): readonly FileProblem[] {
  return check(parse(text).file, knowledge)
}

export function codes(text: string, knowledge?: Knowledge): string {
  return problems(text, knowledge)
    .map(({ code }) => code)
    .join(' ')
}

/** Each problem on a line: `K110 warning 2:1-2:5 Unknown property "form". …`. */
export function found(text: string, knowledge?: Knowledge): readonly string[] {
  const { lines } = parse(text).file
  const place = (offset: number) => {
    const { line, column } = lines.placeOf(offset)
    return `${line + 1}:${column + 1}`
  }
  return problems(text, knowledge).map(
    ({ code, severity, span, message }) =>
      `${code} ${severity} ${place(span.start)}-${place(span.end)} ${message}`,
  )
}

export function apply(text: string, fix: Fix): string {
  const edits = [...fix.edits].sort((a, b) => b.span.start - a.span.start)
  return edits.reduce(
    (result, { span, text: insert }) =>
      result.slice(0, span.start) + insert + result.slice(span.end),
    text,
  )
}

/** All blocks go to this cluster. */
export function on(topics: Record<string, number>, autoCreate?: boolean): Knowledge {
  const cluster: KnownCluster = {
    topics: new Map(Object.entries(topics)),
    ...(autoCreate !== undefined && { autoCreate }),
  }
  return { clusterOf: () => cluster }
}

/** Values of an environment. */
export function given(texts: Record<string, string>): NonNullable<Knowledge['given']> {
  return new Map(
    Object.entries(texts).map(([name, text]) => [
      name,
      { text, secret: false, source: 'kafka.env.json', templates: true },
    ]),
  )
}
