import { heldLength, newPlace, type Place } from './block.ts'

const FREE = 0xffffffff
const REMOVED = 0xfffffffe
const FIRST_SLOTS = 1024

/**
 * Of each key in a partition, the name of the latest record that has it. Keys are compared by their
 * bytes, as far as they are held; records without a key have none in common.
 */
export class LatestByKey {
  /** Fills in where a named record lies; false: it is no record. */
  readonly #placeOf: (name: number, place: Place) => boolean
  readonly #other = newPlace()
  #names = new Uint32Array(FIRST_SLOTS).fill(FREE)
  #used = 0

  constructor(placeOf: (name: number, place: Place) => boolean) {
    this.#placeOf = placeOf
  }

  get bytes(): number {
    return this.#names.byteLength
  }

  find(place: Place): number | undefined {
    if (place.keyLength < 0) return undefined
    const name = this.#names[this.#slotOf(place)] ?? FREE
    return name === FREE ? undefined : name
  }

  add(name: number, place: Place): void {
    if (place.keyLength < 0) return
    if (this.#used * 2 >= this.#names.length) this.#grow()
    const slot = this.#slotOf(place)
    if (this.#names[slot] === FREE) this.#used++
    else if (this.#other.offset > place.offset) return
    this.#names[slot] = name
  }

  /** Forgets the key where this record is the latest that has it; false: it is not. */
  remove(name: number, place: Place): boolean {
    if (place.keyLength < 0) return false
    const slot = this.#slotOf(place)
    if (this.#names[slot] !== name) return false
    this.#names[slot] = REMOVED
    return true
  }

  /** Where the key's record is, which is then in `other`, or where it would be. */
  #slotOf(place: Place): number {
    const mask = this.#names.length - 1
    for (let slot = hashOf(place) & mask; ; slot = (slot + 1) & mask) {
      const name = this.#names[slot] ?? FREE
      if (name === FREE) return slot
      if (name === REMOVED || !this.#placeOf(name, this.#other)) continue
      if (hasSameKey(this.#other, place)) return slot
    }
  }

  #grow(): void {
    const before = this.#names
    const kept = before.filter(name => name !== FREE && name !== REMOVED)
    let slots = FIRST_SLOTS
    while (slots < kept.length * 4) slots *= 2
    this.#names = new Uint32Array(slots).fill(FREE)
    this.#used = 0
    const place = newPlace()
    for (const name of kept) if (this.#placeOf(name, place)) this.add(name, place)
  }
}

/** FNV-1a over the partition and the key. */
function hashOf({ bytes, keyStart, keyLength, partition }: Place): number {
  let hash = 0x811c9dc5 ^ partition
  const end = keyStart + heldLength(keyLength)
  for (let at = keyStart; at < end; at++) {
    hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193)
  }
  return (hash ^ (hash >>> 15)) >>> 0
}

function hasSameKey(one: Place, other: Place): boolean {
  if (one.partition !== other.partition || one.keyLength !== other.keyLength) return false
  const length = heldLength(one.keyLength)
  for (let at = 0; at < length; at++) {
    if (one.bytes[one.keyStart + at] !== other.bytes[other.keyStart + at]) return false
  }
  return true
}
