import type { RecordWriter } from './recordWriter.ts'

const LINE_FEED = 10

/**
 * The bytes of each value, and a line feed. A null value and a record that could not be read give
 * nothing: an empty line is an empty value.
 */
export const rawWriter: RecordWriter = (writer, { value }) => {
  if (value === null) return
  writer.copy(value)
  writer.byte(LINE_FEED)
}
