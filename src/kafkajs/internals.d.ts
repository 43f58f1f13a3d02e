/** The parts of kafkajs 2.2.4 that its own types do not show, as far as this folder uses them. */

declare module 'kafkajs/src/network/connection.js' {
  interface Socket {
    destroy(error?: Error): unknown
  }
  interface ProtocolLogger {
    namespace(name: string): ProtocolLogger
    debug(message: string, extra?: unknown): void
    info(message: string, extra?: unknown): void
    warn(message: string, extra?: unknown): void
    error(message: string, extra?: unknown): void
  }
  interface Protocol<T> {
    readonly request: {
      readonly apiKey: number
      readonly apiVersion: number
      readonly apiName: string
      expectResponse?(): boolean
      /** The writer asks for no more than these two of an Encoder. */
      encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>
    }
    readonly response: {
      decode(
        payload: Buffer,
      ): Promise<{ readonly clientSideThrottleTime: number; readonly value: T }>
      parse(decoded: { readonly value: T }): Promise<T>
    }
    readonly logResponseError?: boolean
  }
  class Connection {
    constructor(options: {
      host: string
      port: number
      logger: ProtocolLogger
      socketFactory: unknown
      clientId: string
      ssl: unknown
      sasl: unknown
      connectionTimeout: number
      requestTimeout: number
      enforceRequestTimeout: boolean
    })
    socket?: Socket
    /** Of the next request. */
    correlationId: number
    /** What was received and is not yet a whole answer. */
    chunks: Buffer[]
    bytesBuffered: number
    processData(received: Buffer): void
    connect(): Promise<unknown>
    disconnect(): Promise<unknown>
    isConnected(): boolean
    authenticate(): Promise<void>
    setVersions(versions: Record<number, { minVersion: number; maxVersion: number }>): void
    setSupportAuthenticationProtocol(supported: boolean): void
    rejectRequests(error: Error): void
    send<T>(protocol: Protocol<T>): Promise<T | undefined>
  }
  export type { Protocol, ProtocolLogger }
  export default Connection
}

declare module 'kafkajs/src/network/requestQueue/index.js' {
  class RequestQueue {
    pending: unknown[]
    throttledUntil: number
    throttleCheckTimeoutId: ReturnType<typeof setTimeout> | null
    scheduleCheckPendingRequests(): void
    checkPendingRequests(): void
  }
  export default RequestQueue
}

declare module 'kafkajs/src/protocol/message/compression/index.js' {
  interface Codec {
    compress(encoder: { readonly buffer: Buffer }): Promise<Uint8Array>
    decompress(buffer: Buffer): Promise<Buffer>
  }
  const compression: { readonly Codecs: Record<number, () => Codec> }
  export default compression
}

declare module 'kafkajs/src/protocol/decoder.js' {
  class Decoder {
    constructor(buffer: Buffer)
    readVarInt(): number
    readVarIntArray<T>(reader: (decoder: Decoder) => T): T[]
  }
  export default Decoder
}

declare module 'kafkajs/src/protocol/error.js' {
  const errors: { createErrorFromCode(code: number): Error }
  export default errors
}

declare module 'kafkajs/src/protocol/requests/metadata/v4/response.js' {
  interface MetadataData {
    readonly topicMetadata: readonly { readonly topicErrorCode: number }[]
  }
  const response: { parse(data: MetadataData): Promise<MetadataData> }
  export type { MetadataData }
  export default response
}

declare module 'kafkajs/src/protocol/requests/metadata/v5/response.js' {
  export { default } from 'kafkajs/src/protocol/requests/metadata/v4/response.js'
}

declare module 'kafkajs/src/protocol/requests/metadata/v6/response.js' {
  export { default } from 'kafkajs/src/protocol/requests/metadata/v4/response.js'
}

declare module 'kafkajs/src/protocol/requests/fetch/v11/response.js' {
  interface FetchedMessage {
    readonly offset: string
    readonly key: Buffer | null
    isControlRecord: boolean
    readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean }
  }
  interface FetchedPartition {
    abortedTransactions: { readonly producerId: string; readonly firstOffset: string }[]
    readonly messages: FetchedMessage[]
  }
  interface FetchedData {
    readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[]
  }
  const response: { decode(payload: Buffer): Promise<FetchedData> }
  export type { FetchedData, FetchedMessage, FetchedPartition }
  export default response
}

declare module 'kafkajs/src/cluster/index.js' {
  interface TopicOffsets {
    readonly topic: string
    readonly partitions: readonly { readonly partition: number; readonly offset: string }[]
  }
  class Cluster {
    findLeaderForPartitions(
      topic: string,
      partitions: readonly unknown[],
    ): Record<string, readonly number[]>
    fetchTopicsOffset(
      topics: readonly {
        readonly topic: string
        readonly partitions: readonly { readonly partition: number }[]
        readonly fromBeginning?: boolean
      }[],
    ): Promise<TopicOffsets[]>
  }
  export default Cluster
}

declare module 'kafkajs/src/consumer/offsetManager/index.js' {
  import type Cluster from 'kafkajs/src/cluster/index.js'
  interface Commit {
    readonly groupId: string
    readonly memberId: string
    readonly groupGenerationId: number
    readonly topics: readonly {
      readonly topic: string
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[]
    }[]
  }
  class OffsetManager {
    readonly cluster: Cluster
    readonly groupId: string
    readonly memberId: string
    readonly generationId: number
    readonly topicConfigurations: Record<string, { readonly fromBeginning?: boolean }>
    readonly instrumentationEmitter: { emit(event: string, payload: Commit): void }
    getCoordinator(): Promise<{ offsetCommit(commit: Commit): Promise<unknown> }>
    clearOffsets(place: { readonly topic: string; readonly partition: number }): void
    setDefaultOffset(place: { readonly topic: string; readonly partition: number }): Promise<void>
  }
  export default OffsetManager
}
