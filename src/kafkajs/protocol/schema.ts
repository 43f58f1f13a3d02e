import { Reader, Writer } from './wire.ts'

/** Which version of a message is written or read, and whether it is one of the flexible ones (KIP-482). */
export interface Context {
  readonly version: number
  readonly flexible: boolean
}

/** How values of one type stand on the wire. */
export interface Type<T> {
  write(writer: Writer, value: T, context: Context): void
  read(reader: Reader, context: Context): T
  /** Written for a field that the caller leaves out. */
  readonly empty: T
}

/** A field that exists in some versions only, or is tagged: absent where it does not exist. */
export interface Gated<T> {
  readonly gated: Type<T>
  readonly from: number
  readonly to: number
  readonly tag?: number
}

export type Fields = Readonly<Record<string, Type<unknown> | Gated<unknown>>>

/** The value of a struct; `T | undefined` marks what depends on the version. */
export type Struct<F extends Fields> = {
  readonly [K in keyof F as F[K] extends Gated<unknown> ? never : K]: F[K] extends Type<infer T>
    ? T
    : never
} & {
  readonly [K in keyof F as F[K] extends Gated<unknown> ? K : never]?: F[K] extends Gated<infer T>
    ? T | undefined
    : never
}

/** A field that exists from a version on. */
export function since<T>(from: number, type: Type<T>): Gated<T> {
  return { gated: type, from, to: Infinity }
}

/** A field that exists in a range of versions. */
export function between<T>(from: number, to: number, type: Type<T>): Gated<T> {
  return { gated: type, from, to }
}

/** A tagged field: written only when given, absent when the sender left it out. */
export function tagged<T>(tag: number, from: number, type: Type<T>): Gated<T> {
  return { gated: type, from, to: Infinity, tag }
}

export const bool: Type<boolean> = {
  write: (writer, value) => writer.int8(value ? 1 : 0),
  read: reader => reader.int8() !== 0,
  empty: false,
}
export const int8: Type<number> = {
  write: (writer, value) => writer.int8(value),
  read: reader => reader.int8(),
  empty: 0,
}
export const int16: Type<number> = {
  write: (writer, value) => writer.int16(value),
  read: reader => reader.int16(),
  empty: 0,
}
export const uint16: Type<number> = {
  write: (writer, value) => writer.uint16(value),
  read: reader => reader.uint16(),
  empty: 0,
}
export const int32: Type<number> = {
  write: (writer, value) => writer.int32(value),
  read: reader => reader.int32(),
  empty: 0,
}
export const int64: Type<bigint> = {
  write: (writer, value) => writer.int64(value),
  read: reader => reader.int64(),
  empty: 0n,
}
/** A field whose empty value is another one than zero. */
export function withDefault<T>(type: Type<T>, empty: T): Type<T> {
  return {
    write: (writer, value, context) => type.write(writer, value, context),
    read: (reader, context) => type.read(reader, context),
    empty,
  }
}

/** 16 bytes, as text with hyphens. */
export const uuid: Type<string> = {
  write: (writer, value) => writer.raw(Buffer.from(value.replaceAll('-', ''), 'hex')),
  read(reader) {
    const hex = reader.raw(16).toString('hex')
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      hex.slice(12, 16),
      hex.slice(16, 20),
      hex.slice(20),
    ].join('-')
  },
  empty: '00000000-0000-0000-0000-000000000000',
}

/** The id of a topic or directory that has none. */
export const NO_UUID = uuid.empty

function writeLength(writer: Writer, length: number, wide: boolean, context: Context): void {
  if (context.flexible) writer.unsignedVarint(length + 1)
  else if (wide) writer.int32(length)
  else writer.int16(length)
}

function readLength(reader: Reader, wide: boolean, context: Context): number {
  if (context.flexible) return reader.unsignedVarint() - 1
  return wide ? reader.int32() : reader.int16()
}

export const nullableString: Type<string | null> = {
  write(writer, value, context) {
    if (value === null) {
      writeLength(writer, -1, false, context)
      return
    }
    const bytes = Buffer.from(value, 'utf8')
    writeLength(writer, bytes.length, false, context)
    writer.raw(bytes)
  },
  read(reader, context) {
    const length = readLength(reader, false, context)
    return length < 0 ? null : reader.raw(length).toString('utf8')
  },
  empty: null,
}

/** A null where none is allowed reads as the empty text. */
export const string: Type<string> = {
  write: (writer, value, context) => nullableString.write(writer, value, context),
  read: (reader, context) => nullableString.read(reader, context) ?? '',
  empty: '',
}

/** Read as a view into the answer, not a copy. Record batches have the same form. */
export const nullableBytes: Type<Uint8Array | null> = {
  write(writer, value, context) {
    writeLength(writer, value?.length ?? -1, true, context)
    if (value) writer.raw(value)
  },
  read(reader, context) {
    const length = readLength(reader, true, context)
    return length < 0 ? null : reader.raw(length)
  },
  empty: null,
}

export const bytes: Type<Uint8Array> = {
  write: (writer, value, context) => nullableBytes.write(writer, value, context),
  read: (reader, context) => nullableBytes.read(reader, context) ?? new Uint8Array(),
  empty: new Uint8Array(),
}

function nullableArrayOf<T>(element: Type<T>): Type<readonly T[] | null> {
  return {
    write(writer, value, context) {
      writeLength(writer, value?.length ?? -1, true, context)
      for (const item of value ?? []) element.write(writer, item, context)
    },
    read(reader, context) {
      const length = readLength(reader, true, context)
      if (length < 0) return null
      const items: T[] = []
      for (let left = reader.checkCount(length); left > 0; left--) {
        items.push(element.read(reader, context))
      }
      return items
    },
    empty: null,
  }
}

function arrayOf<T>(element: Type<T>): Type<readonly T[]> {
  const inner = nullableArrayOf(element)
  return {
    write: (writer, value, context) => inner.write(writer, value, context),
    read: (reader, context) => inner.read(reader, context) ?? [],
    empty: [],
  }
}

/** An array of structs. */
export function list<F extends Fields>(fields: F): Type<readonly Struct<F>[]> {
  return arrayOf(struct(fields))
}

/** An array of structs, or null. */
export function nullableList<F extends Fields>(fields: F): Type<readonly Struct<F>[] | null> {
  return nullableArrayOf(struct(fields))
}

export const array = arrayOf
export const nullableArray = nullableArrayOf

interface Field {
  readonly name: string
  readonly type: Type<unknown>
  readonly from: number
  readonly to: number
  readonly tag: number | undefined
}

function toField([name, field]: [string, Type<unknown> | Gated<unknown>]): Field {
  if (!('gated' in field)) return { name, type: field, from: 0, to: Infinity, tag: undefined }
  return { name, type: field.gated, from: field.from, to: field.to, tag: field.tag }
}

/** Fields in their order; in flexible versions followed by the tagged ones. */
export function struct<F extends Fields>(fields: F): Type<Struct<F>> {
  const all = Object.entries(fields).map(toField)
  const plain = all.filter(field => field.tag === undefined)
  const tags = all.filter(field => field.tag !== undefined)
  const exists = (field: Field, { version }: Context) =>
    version >= field.from && version <= field.to
  return {
    write(writer, value, context) {
      const record: Readonly<Record<string, unknown>> = value
      for (const field of plain) {
        if (!exists(field, context)) continue
        field.type.write(writer, record[field.name] ?? field.type.empty, context)
      }
      if (!context.flexible) return
      const given = tags.filter(field => exists(field, context) && record[field.name] !== undefined)
      writer.unsignedVarint(given.length)
      for (const field of given) writeTag(writer, field, record[field.name], context)
    },
    read(reader, context) {
      const record: Record<string, unknown> = {}
      for (const field of plain) {
        if (exists(field, context)) record[field.name] = field.type.read(reader, context)
      }
      if (context.flexible) readTags(reader, tags, record, context)
      // The loop above fills in exactly the fields that the mapped type names.
      return record as Struct<F>
    },
    get empty() {
      return {} as Struct<F>
    },
  }
}

/** A struct that may be null: one byte says which. */
export function nullableStruct<F extends Fields>(fields: F): Type<Struct<F> | null> {
  const inner = struct(fields)
  return {
    write(writer, value, context) {
      writer.int8(value === null ? -1 : 1)
      if (value !== null) inner.write(writer, value, context)
    },
    read: (reader, context) => (reader.int8() < 0 ? null : inner.read(reader, context)),
    empty: null,
  }
}

function writeTag(writer: Writer, field: Field, value: unknown, context: Context): void {
  const body = new Writer()
  field.type.write(body, value, context)
  writer.unsignedVarint(field.tag ?? 0)
  writer.unsignedVarint(body.length)
  writer.raw(body.bytes())
}

function readTags(
  reader: Reader,
  known: readonly Field[],
  into: Record<string, unknown>,
  context: Context,
): void {
  for (let left = reader.unsignedVarint(); left > 0; left--) {
    const tag = reader.unsignedVarint()
    const body = reader.raw(reader.unsignedVarint())
    const field = known.find(candidate => candidate.tag === tag)
    if (field) into[field.name] = field.type.read(new Reader(body), context)
  }
}

/** The versions of each API that a broker understands, by API key. */
export type ApiRanges = ReadonlyMap<number, { readonly min: number; readonly max: number }>

/** One request and its answer, in every version that this program speaks. */
export interface Api<Request, Response> {
  readonly key: number
  readonly name: string
  readonly min: number
  readonly max: number
  /** The request's body, with what the header of a flexible request needs in front. */
  encode(version: number, request: Request): Buffer
  /** The same, one part behind the other: long byte arrays in it are those of the request. */
  encodeParts(version: number, request: Request): readonly Uint8Array[]
  /** The answer from behind the correlation id on. Byte arrays in it are views, not copies. */
  decode(version: number, answer: Uint8Array): Response
  /** The newest version that both sides know; undefined where there is none. */
  pick(ranges: ApiRanges, atMost?: number): number | undefined
}

interface ApiDefinition<Q extends Fields, S extends Fields> {
  readonly key: number
  readonly name: string
  /** Oldest and newest version that the fields below describe. */
  readonly versions: readonly [min: number, max: number]
  readonly flexibleFrom: number
  readonly request: Q
  readonly response: S
}

const API_VERSIONS = 18

/**
 * Defines a request. The client's request writer knows header version 1 only; header version 2 is
 * the same with one empty tag section behind the client id, so that a flexible body starts with a
 * zero. An answer's header has tags too, except that of ApiVersions (KIP-511).
 */
export function api<Q extends Fields, S extends Fields>(
  definition: ApiDefinition<Q, S>,
): Api<Struct<Q>, Struct<S>> {
  const { key, name, flexibleFrom } = definition
  const [min, max] = definition.versions
  const request = struct(definition.request)
  const response = struct(definition.response)
  const write = (version: number, body: Struct<Q>) => {
    const writer = new Writer()
    const flexible = version >= flexibleFrom
    if (flexible) writer.unsignedVarint(0)
    request.write(writer, body, { version, flexible })
    return writer
  }
  return {
    key,
    name,
    min,
    max,
    encode: (version, body) => write(version, body).bytes(),
    encodeParts: (version, body) => write(version, body).parts(),
    decode(version, answer) {
      const reader = new Reader(answer)
      const flexible = version >= flexibleFrom
      const context = { version, flexible }
      if (flexible && key !== API_VERSIONS) readTags(reader, [], {}, context)
      return response.read(reader, context)
    },
    pick(ranges, atMost = max) {
      const range = ranges.get(key)
      if (!range) return undefined
      const version = Math.min(max, atMost, range.max)
      return version < Math.max(min, range.min) ? undefined : version
    },
  }
}
