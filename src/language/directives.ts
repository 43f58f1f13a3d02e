export interface DirectiveDefinition {
  readonly name: string
  /** What follows it, in the editor's snippet syntax. */
  readonly argument: string
  readonly documentation: string
}

/** `-- @name argument` (kafka-file specification, section 2). */
export const DIRECTIVES: readonly DirectiveDefinition[] = [
  {
    name: 'cluster',
    argument: ' ${1:name}',
    documentation: 'The cluster: outside blocks for the rest of the file.',
  },
  {
    name: 'env',
    argument: ' ${1:name}',
    documentation: 'The environment: outside blocks for the rest of the file.',
  },
  { name: 'skip', argument: '', documentation: 'Leaves the block out when the file runs.' },
  { name: 'only', argument: '', documentation: 'Runs only the blocks that have this.' },
  { name: 'tag', argument: ' ${1:name}', documentation: 'Names that a run can choose by.' },
  { name: 'delay', argument: ' ${1:2s}', documentation: 'Waits before the block.' },
  {
    name: 'ignore',
    argument: ' ${1:K104}',
    documentation: 'Hides a problem: in a block there, outside in the rest of the file.',
  },
]
