import type * as tls from 'node:tls'

/** Node's own TLS, loaded on first use: who talks to a cluster without it starts sooner. */
export function nodeTls(): typeof tls {
  return process.getBuiltinModule('node:tls')
}
