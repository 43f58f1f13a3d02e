/**
 * Units of the longest text that is read as a `.kafka` file. A tree costs a multiple of its text:
 * what is larger is refused instead of filling the memory.
 */
export const LARGEST_TEXT = 16 * 1024 * 1024

/** A sentence for the one who opens such a file. */
export const TOO_LARGE =
  'The file is larger than 16 MiB, which is too large for a file of requests.'
