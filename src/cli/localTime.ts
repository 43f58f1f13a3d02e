import type { TimeContext } from '../language/values/positions.ts'

/** Ms since the epoch of a time of the machine's time zone; months count from 1. */
export const toLocalEpoch: TimeContext['toLocalEpoch'] = (
  year,
  month,
  day,
  hour,
  minute,
  second,
  millisecond,
) => new Date(year, month - 1, day, hour, minute, second, millisecond).getTime()
