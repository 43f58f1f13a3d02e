/** A name that an expression knows, with what it stands for. */
export interface ExpressionName {
  readonly name: string
  /** CEL's name of its type, or how it is called. */
  readonly usage: string
  readonly documentation: string
}

/** What an expression about a record can name (kafka-file specification, section 4). */
export const RECORD_NAMES: readonly ExpressionName[] = [
  { name: 'topic', usage: 'string', documentation: 'The topic of the record.' },
  { name: 'partition', usage: 'int', documentation: 'The partition of the record.' },
  { name: 'offset', usage: 'int', documentation: 'The offset of the record in its partition.' },
  {
    name: 'timestamp',
    usage: 'int',
    documentation: 'The time of the record, in milliseconds since the epoch.',
  },
  {
    name: 'key',
    usage: 'dyn',
    documentation: 'The key, read as `key-format:` says; null without one.',
  },
  {
    name: 'value',
    usage: 'dyn',
    documentation: 'The value: its JSON, as `value.customer.id`, else its text.',
  },
  {
    name: 'headers',
    usage: 'map',
    documentation: 'The headers by name, as `headers["trace-id"]`; of duplicates the last one.',
  },
  {
    name: 'size',
    usage: 'int',
    documentation: 'Bytes of the key, the value and the headers together.',
  },
  {
    name: 'latency',
    usage: 'double',
    documentation:
      'In an EXPECT: milliseconds from the sending of the PRODUCER above to the arrival of this record.',
  },
]

/** What an expression of `EXPECT GROUP` can name. */
export const GROUP_NAMES: readonly ExpressionName[] = [
  {
    name: 'lag',
    usage: 'int',
    documentation:
      'Records between what the group has committed and the end of the topic. Not known, and so never 0, where nothing was committed.',
  },
  {
    name: 'state',
    usage: 'string',
    documentation: 'The state of the group: `"Stable"`, `"Empty"`, …',
  },
  { name: 'members', usage: 'int', documentation: 'How many members the group has.' },
  { name: 'committed', usage: 'int', documentation: 'The sum of the committed offsets.' },
  { name: 'end', usage: 'int', documentation: 'The sum of the end offsets.' },
]

/** The functions and macros of CEL, and those that its library adds. */
export const FUNCTIONS: readonly ExpressionName[] = [
  { name: 'size', usage: 'size(x)', documentation: 'How long a text, a list or a map is.' },
  { name: 'has', usage: 'has(value.id)', documentation: 'Whether a field is there.' },
  { name: 'int', usage: 'int(x)', documentation: 'As a whole number.' },
  { name: 'double', usage: 'double(x)', documentation: 'As a number with a fraction.' },
  { name: 'string', usage: 'string(x)', documentation: 'As a text.' },
  { name: 'bool', usage: 'bool(x)', documentation: 'As true or false.' },
  {
    name: 'timestamp',
    usage: 'timestamp("2026-01-31T10:00:00Z")',
    documentation: 'A time, to compare `timestamp` with.',
  },
  { name: 'duration', usage: 'duration("90s")', documentation: 'A length of time.' },
  { name: 'type', usage: 'type(x)', documentation: 'The type of a value.' },
  { name: 'dyn', usage: 'dyn(x)', documentation: 'A value of any type.' },
]

/** What can follow a dot. */
export const METHODS: readonly ExpressionName[] = [
  { name: 'startsWith', usage: 'startsWith("a")', documentation: 'Whether a text starts so.' },
  { name: 'endsWith', usage: 'endsWith("a")', documentation: 'Whether a text ends so.' },
  { name: 'contains', usage: 'contains("a")', documentation: 'Whether a text has this in it.' },
  {
    name: 'matches',
    usage: 'matches("^a+$")',
    documentation: 'Whether a regular expression finds something in a text.',
  },
  { name: 'size', usage: 'size()', documentation: 'How long a text, a list or a map is.' },
  { name: 'lowerAscii', usage: 'lowerAscii()', documentation: 'The text in lower case.' },
  { name: 'upperAscii', usage: 'upperAscii()', documentation: 'The text in upper case.' },
  { name: 'trim', usage: 'trim()', documentation: 'The text without the blanks at its ends.' },
  { name: 'split', usage: 'split(",")', documentation: 'The parts of a text, as a list.' },
  { name: 'substring', usage: 'substring(0, 2)', documentation: 'A part of a text.' },
  {
    name: 'indexOf',
    usage: 'indexOf("a")',
    documentation: 'Where this is in a text; -1: nowhere.',
  },
  {
    name: 'exists',
    usage: 'exists(x, x.id == 1)',
    documentation: 'Whether it holds for one element of a list at least.',
  },
  { name: 'all', usage: 'all(x, x.id > 0)', documentation: 'Whether it holds for all elements.' },
  {
    name: 'exists_one',
    usage: 'exists_one(x, x.id == 1)',
    documentation: 'Whether it holds for exactly one element.',
  },
  {
    name: 'filter',
    usage: 'filter(x, x.id > 0)',
    documentation: 'The elements for which it holds.',
  },
  { name: 'map', usage: 'map(x, x.id)', documentation: 'A list made of each element.' },
]
