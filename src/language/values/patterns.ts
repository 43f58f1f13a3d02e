/** A text in the pattern of an EXPECT that stands for any value of a kind. */
export interface PatternKind {
  readonly name: string
  readonly documentation: string
  /** Written with an argument: `#regex ^o-`. */
  readonly argument?: true
}

/** The kinds that a pattern knows (kafka-file specification, section 3). */
export const PATTERN_KINDS: readonly PatternKind[] = [
  { name: '#string', documentation: 'Any text.' },
  { name: '#number', documentation: 'Any number.' },
  { name: '#boolean', documentation: 'True or false.' },
  { name: '#array', documentation: 'Any array.' },
  { name: '#object', documentation: 'Any object.' },
  { name: '#uuid', documentation: 'A text that is a UUID.' },
  { name: '#datetime', documentation: 'A text that is a date and time in ISO 8601.' },
  { name: '#present', documentation: 'The field is there, whatever it holds.' },
  { name: '#absent', documentation: 'The field is not there.' },
  { name: '#ignore', documentation: 'Says nothing about the field.' },
  {
    name: '#regex',
    argument: true,
    documentation: 'A text that is all of what the regular expression says: `"#regex o-\\\\d+"`.',
  },
]

/** As the only field of an object: its value must hold no other fields than those given. */
export const EXACT = '#exact'
export const EXACT_DOCUMENTATION =
  '`{"#exact": …}`: the value has the given fields and no others, also in what stands within.'

const NAMES = new Set(PATTERN_KINDS.map(({ name }) => name))

/** Whether a text of a pattern, without its quotes, is a kind. */
export function isPatternKind(text: string): boolean {
  return NAMES.has(text) || /^#regex\s/.test(text)
}
