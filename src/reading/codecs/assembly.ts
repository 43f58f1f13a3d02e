/**
 * As much of WebAssembly's binary format as one small function needs
 * (https://webassembly.github.io/spec/core/binary/): its source stays readable, the bundle has no
 * binary file, and building it needs no tool. An instruction is a list of bytes.
 */
export type Code = readonly number[]

const I32 = 0x7f
const FUNCTION_TYPE = 0x60
const NOTHING = 0x40

/** A number that is not negative, in seven bits a byte. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128)
  return [...bytes, rest]
}

function signed(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest < -64 || rest > 63; rest >>= 7) bytes.push((rest & 127) | 128)
  return [...bytes, rest & 127]
}

/** Vector instructions have a prefix, and a number after it. */
const vector = (number: number) => [0xfd, ...unsigned(number)]

export const number = (value: number): Code => [0x41, ...signed(value)]
export const get = (local: number): Code => [0x20, local]
export const set = (local: number, value: Code): Code => [...value, 0x21, local]

const operator =
  (opcode: number) =>
  (left: Code, right: Code): Code => [...left, ...right, opcode]
export const equal = operator(0x46)
export const below = operator(0x49)
export const above = operator(0x4b)
export const atLeast = operator(0x4f)
export const add = operator(0x6a)
export const subtract = operator(0x6b)
export const and = operator(0x71)
export const or = operator(0x72)
export const shiftLeft = operator(0x74)
export const shiftRight = operator(0x76)

export const byteAt = (address: Code): Code => [...address, 0x2d, 0, 0]
/** Two bytes, the lower one first. */
export const shortAt = (address: Code): Code => [...address, 0x2f, 0, 0]

/** Four bytes, the lowest one first. */
export const wordAt = (address: Code): Code => [...address, 0x28, 0, 0]

export const copy1 = (to: Code, from: Code): Code => [...to, ...byteAt(from), 0x3a, 0, 0]
export const copy8 = (to: Code, from: Code): Code => [...to, ...from, 0x29, 0, 0, 0x37, 0, 0]
export const copy16 = (to: Code, from: Code): Code => [
  ...to,
  ...[...from, ...vector(0), 0, 0],
  ...[...vector(11), 0, 0],
]

export const when = (condition: Code, ...then: Code[]): Code => [
  ...condition,
  ...[0x04, NOTHING, ...then.flat(), 0x0b],
]
export const choose = (condition: Code, then: Code, otherwise: Code): Code => [
  ...condition,
  ...[0x04, NOTHING, ...then, 0x05, ...otherwise, 0x0b],
]
/** Once, and again as long as the condition holds at the end. */
export const repeatWhile = (condition: Code, ...body: Code[]): Code => [
  ...[0x03, NOTHING, ...body.flat(), ...condition, 0x0d, 0, 0x0b],
]
/** Ends by a return only. */
export const forever = (...body: Code[]): Code => [
  ...[0x03, NOTHING, ...body.flat(), 0x0c, 0, 0x0b],
]
export const giveBack = (value: Code): Code => [...value, 0x0f]

export interface Program {
  /** Numbers of 32 bits, as locals 0, 1, … */
  readonly parameters: number
  /** More of them, counted on. */
  readonly locals: number
  readonly body: readonly Code[]
}

/** In pages of 64 KiB; growing gives it another buffer. */
export interface Memory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object) => { readonly exports: object }
}

/**
 * Instances of the program, each with `memory` of its own, one page at first, and `run`, which
 * takes the parameters and gives back a number.
 */
export function compile(program: Program): () => object {
  // Node has it since version 8, but its type definitions do not.
  const { Module, Instance } = Reflect.get(globalThis, 'WebAssembly') as WebAssemblyApi
  const module = new Module(assemble(program))
  return () => new Instance(module).exports
}

function assemble({ parameters, locals, body }: Program): Uint8Array<ArrayBuffer> {
  const section = (id: number, content: readonly number[]) => [
    ...[id, ...unsigned(content.length)],
    ...content,
  ]
  const name = (text: string) => [text.length, ...new TextEncoder().encode(text)]
  // A value after the body, so that its type fits where every way out of it is a return.
  const code = [1, locals, I32, ...body.flat(), ...number(0), 0x0b]
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, FUNCTION_TYPE, parameters, ...Array<number>(parameters).fill(I32), 1, I32]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...name('run'), 0, 0, ...name('memory'), 2, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ])
}
