/** One line of a table: its fields, and where it begins. */
export interface CsvLine {
  /** From 1; a quoted field may hold line ends, so the next row need not be on the next line. */
  readonly line: number
  readonly fields: readonly string[]
}

/** Why the rest of a table cannot be read. */
export class CsvError extends Error {
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.name = 'CsvError'
    this.line = line
  }
}

/** Characters; longer than any record that a broker takes. */
const MAX_FIELD = 64 * 1024 * 1024

const LF = 10
const CR = 13
const QUOTE = 34
const COMMA = 44

/** Where in the text the reader is. */
const FIELD_START = 0
const PLAIN = 1
const QUOTED = 2
/** Behind a quote in a quoted field: the second of two, or the closing one. */
const QUOTE_SEEN = 3

/**
 * Reads comma-separated values (RFC 4180) in pieces of any size. Fields in quotes may hold commas,
 * quotes written twice, and line ends; rows end in LF, CRLF or CR; empty lines are no rows. A quote
 * inside a field without quotes stands for itself. Throws `CsvError`.
 */
export class CsvReader {
  #state = FIELD_START
  #fields: string[] = []
  #field = ''
  /** The line that is being read, and the one where the row began. */
  #line = 1
  #rowLine = 1
  #afterReturn = false

  /** The rows that end in this piece. */
  push(text: string): readonly CsvLine[] {
    const rows: CsvLine[] = []
    let start = 0
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (this.#afterReturn) {
        this.#afterReturn = false
        if (code === LF) {
          start = at + 1
          if (this.#state === QUOTED) this.#field += '\n'
          continue
        }
      }
      switch (this.#state) {
        case FIELD_START:
        case PLAIN:
          if (code === QUOTE && this.#state === FIELD_START) {
            this.#state = QUOTED
            start = at + 1
          } else if (code === COMMA) {
            this.#endField(text.slice(start, at))
            start = at + 1
          } else if (code === LF || code === CR) {
            this.#endRow(text.slice(start, at), code, rows)
            start = at + 1
          } else {
            this.#state = PLAIN
          }
          break
        case QUOTED:
          if (code === QUOTE) {
            this.#keep(text.slice(start, at))
            this.#state = QUOTE_SEEN
            start = at + 1
          } else if (code === LF || code === CR) {
            // CRLF is one line end; its text is kept as it is.
            this.#line++
            if (code === CR) {
              this.#keep(text.slice(start, at + 1))
              start = at + 1
              this.#afterReturn = true
            }
          }
          break
        default:
          start = this.#afterQuote(code, at, rows)
      }
    }
    if (start < text.length) this.#keep(text.slice(start))
    return rows
  }

  /** The last row, where it has no line end. */
  end(): readonly CsvLine[] {
    if (this.#state === QUOTED) {
      throw new CsvError(this.#rowLine, 'a quote that is opened in this row is never closed')
    }
    const rows: CsvLine[] = []
    const isQuoted = this.#state === QUOTE_SEEN
    if (isQuoted || this.#field !== '' || this.#fields.length > 0) this.#endRow('', LF, rows)
    return rows
  }

  #afterQuote(code: number, at: number, rows: CsvLine[]): number {
    if (code === QUOTE) {
      this.#field += '"'
      this.#state = QUOTED
    } else if (code === COMMA) {
      this.#endField('')
    } else if (code === LF || code === CR) {
      this.#endRow('', code, rows)
    } else {
      const field = this.#fields.length + 1
      throw new CsvError(this.#line, `text follows the closing quote of field ${field}`)
    }
    return at + 1
  }

  #keep(text: string): void {
    this.#field += text
    if (this.#field.length > MAX_FIELD) {
      throw new CsvError(this.#rowLine, `field ${this.#fields.length + 1} is too long`)
    }
  }

  #endField(rest: string): void {
    this.#fields.push(this.#field + rest)
    this.#field = ''
    this.#state = FIELD_START
  }

  #endRow(rest: string, code: number, rows: CsvLine[]): void {
    const isEmpty =
      this.#state === FIELD_START && this.#fields.length === 0 && this.#field + rest === ''
    this.#endField(rest)
    if (!isEmpty) rows.push({ line: this.#rowLine, fields: this.#fields })
    this.#fields = []
    this.#afterReturn = code === CR
    this.#line++
    this.#rowLine = this.#line
  }
}
