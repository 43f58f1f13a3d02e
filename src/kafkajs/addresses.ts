import { ProblemError } from '../base/problem.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

/** `host:port`; an IPv6 host in brackets. */
export function showAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

const FORM = /^(?:\[([0-9a-f:.%]+)\]|([^\s:/@[\]]+)):(\d{1,5})$/i

/** Reads `host:port`, `[::1]:9092` included. Rejects anything else with `ProblemError`. */
export function parseAddress(text: string): Address {
  const match = FORM.exec(text.trim())
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  if (!host || !(port > 0 && port < 65_536)) {
    throw new ProblemError({
      code: 'bad-address',
      message: `"${text}" is not a broker address.`,
      advice: 'Write host and port, such as localhost:9092; IPv6 in brackets, such as [::1]:9092.',
    })
  }
  return { host, port }
}

/** All bootstrap servers; none at all is a problem. */
export function parseAddresses(texts: readonly string[]): readonly Address[] {
  if (texts.length === 0) {
    throw new ProblemError({
      code: 'no-brokers',
      message: 'No bootstrap server is given.',
      advice: 'Enter the address of at least one broker, such as localhost:9092.',
    })
  }
  return texts.map(parseAddress)
}
