/** The reader's side in the extension host, and the codecs that producing and joining use. */
export { kafkajsCodecs } from '../../reading/codecs/codecs.ts'
export { createReader } from '../../reading/reader.ts'
