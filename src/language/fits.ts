/**
 * The PRODUCER properties that level 1 does not know and that have no hyphen: a payload could start
 * with such a word, so it is a property only if the rest of its line fits this grammar.
 */
const assignment = /^[^\s=]+[^\S\r\n]*=/
const oneOf = (words: string) => new RegExp(`^(?:${words})$`)

const GRAMMARS: ReadonlyMap<string, RegExp> = new Map([
  ['header', assignment],
  ['config', assignment],
  ['capture', /^[A-Za-z_][\w-]*[^\S\r\n]*=/],
  ['rate', /^\d+\/s$/],
  ['records', oneOf('jsonl|csv|lines|envelope')],
  ['acks', oneOf('0|1|all')],
  ['compression', oneOf('none|gzip|snappy|lz4|zstd')],
  ['idempotent', oneOf('true|false')],
])

const TEMPLATE = /^\{\{[^{}]*\}\}$/
const ASSIGNMENTS = new Set(['header', 'config', 'capture'])

/** Whether `name: rest` is a property of a PRODUCER; `rest` is trimmed. */
export function fitsGrammar(name: string, rest: string): boolean {
  const grammar = GRAMMARS.get(name)
  if (!grammar) return true
  return grammar.test(rest) || (!ASSIGNMENTS.has(name) && TEMPLATE.test(rest))
}
