/** The last time that a date can hold; a client may have sent any number. */
const LAST_TIME = 8.64e15

/** `2026-11-20T10:00:00.123Z`; undefined where the record carries no time, or none of a calendar. */
export function isoTime(timestamp: number): string | undefined {
  return timestamp < 0 || timestamp > LAST_TIME ? undefined : new Date(timestamp).toISOString()
}
