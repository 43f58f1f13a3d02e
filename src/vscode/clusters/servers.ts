/** An address as Kafka takes it (`host:port`, IPv6 in brackets), or what is wrong with the text. */
export type ServerAnswer =
  | { readonly kind: 'server'; readonly server: string }
  | { readonly kind: 'invalid'; readonly message: string }

const HOST = /^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_.])?$/
const IPV6 = /^[0-9A-Fa-f:.]+(%[A-Za-z0-9]+)?$/

/** One `host:port`, blanks around it ignored. */
export function readServer(text: string): ServerAnswer {
  const server = text.trim()
  if (server === '') return invalid('An address is empty. Write host:port, as in localhost:9092.')
  const scheme = /^([A-Za-z0-9_+]+):\/\//.exec(server)
  if (scheme) {
    return invalid(
      `Leave out "${scheme[0]}": write host:port, as in ${server.slice(scheme[0].length)}.`,
    )
  }
  if (/\s/.test(server))
    return invalid(`"${server}" has a blank in it. Separate addresses by commas.`)
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(server)
  if (bracketed) return readParts(server, bracketed[1] ?? '', bracketed[2], IPV6)
  const colons = server.split(':').length - 1
  if (colons > 1) {
    return invalid(`"${server}" looks like IPv6. Put the address in brackets, as in [::1]:9092.`)
  }
  const [host = '', port] = server.split(':')
  return readParts(server, host, port, HOST)
}

function readParts(
  server: string,
  host: string,
  port: string | undefined,
  hostRule: RegExp,
): ServerAnswer {
  if (port === undefined || port === '') {
    return invalid(
      `"${server}" has no port. Kafka's usual port is 9092: ${server.replace(/:$/, '')}:9092.`,
    )
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
    return invalid(`"${port}" in "${server}" is not a port. Ports are 1 to 65535.`)
  }
  if (!hostRule.test(host))
    return invalid(`"${host}" in "${server}" is not a host name or address.`)
  return { kind: 'server', server }
}

/** A comma-separated list; the first thing wrong wins. An empty list is wrong. */
export function readServers(
  text: string,
):
  | { readonly kind: 'servers'; readonly servers: readonly string[] }
  | { readonly kind: 'invalid'; readonly message: string } {
  const servers: string[] = []
  for (const part of text.replace(/,\s*$/, '').split(',')) {
    const answer = readServer(part)
    if (answer.kind === 'invalid') return answer
    if (!servers.includes(answer.server)) servers.push(answer.server)
  }
  return { kind: 'servers', servers }
}

function invalid(message: string): { readonly kind: 'invalid'; readonly message: string } {
  return { kind: 'invalid', message }
}
