/**
 * Whether a topic's name passes the filter: each of its words, separated by blanks, has to stand
 * in the name, in any case; `*` stands for anything.
 */
export function topicFilter(filter: string): (name: string) => boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const patterns = words.map(word => {
    const parts = word.split('*').map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    return new RegExp(parts.join('.*'))
  })
  return name => {
    const lower = name.toLowerCase()
    return patterns.every(pattern => pattern.test(lower))
  }
}
