/** A value that comes from outside a file: from an environment, or from the command line. */
export interface GivenText {
  readonly text: string
  /** Shown as `***` everywhere. */
  readonly secret: boolean
  /** Where it comes from, in words: `kafka.env.json, local`. */
  readonly source: string
}
