/** A value that comes from outside a file: from an environment, or from the command line. */
export interface GivenText {
  readonly text: string
  /** Shown as `***` everywhere. */
  readonly secret: boolean
  /** Where it comes from, in words: `kafka.env.json, local`. */
  readonly source: string
  /** The text has templates, which are put in: those of environments. */
  readonly templates?: boolean
  /** Also over a file's own `@name`: `--var`. */
  readonly overrides?: boolean
}
