import type { Shop, ShopRecord } from './shop.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** Milliseconds before now from which on records are as close together as those to come. */
export const RECENT = 15 * MINUTE

/**
 * What happened in the shop before it was looked at: the customers, a thin day, and a quarter of an
 * hour as busy as what follows. Some 7,000 records, in the order of their timestamps.
 */
export function historyOf(shop: Shop, now: number): ShopRecord[] {
  const recent = now - RECENT
  return [
    ...shop.open(now - DAY),
    ...between(shop, now - DAY + MINUTE, recent, 2500),
    ...between(shop, recent, now, 3600),
  ]
}

function between(shop: Shop, from: number, to: number, events: number): ShopRecord[] {
  const step = (to - from) / events
  return Array.from({ length: events }, (_, index) =>
    shop.next(Math.round(from + index * step)),
  ).flat()
}
