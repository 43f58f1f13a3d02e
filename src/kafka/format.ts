/** A format and its parameters: `string(base64)` is `{ name: 'string', parameters: ['base64'] }`. */
export interface Format {
  readonly name: string
  readonly parameters: readonly string[]
}

/** JSON where it parses, else text where it is UTF-8, else bytes. */
export const AUTO: Format = { name: 'auto', parameters: [] }

/** How the parts of a record are decoded. */
export interface RecordFormats {
  readonly key: Format
  readonly value: Format
}
