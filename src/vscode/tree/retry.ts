/** When the next try is due, after so many in vain: 2 s, then twice as long, at most 10 s. */
export function retryDelay(failures: number): number {
  return Math.min(2_000 * 2 ** failures, 10_000)
}
