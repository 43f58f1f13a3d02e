import { api, array, int16, string } from './schema.ts'

/** The mechanisms that a port offers; told also when the asked one is not among them. */
export const SaslHandshake = api({
  key: 17,
  name: 'SaslHandshake',
  versions: [1, 1],
  flexibleFrom: Infinity,
  request: { mechanism: string },
  response: { errorCode: int16, mechanisms: array(string) },
})
