import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import type { ConnectionConfig, SaslMechanism, TlsConfig } from '../kafka/connection.ts'
import { BadOptions } from './badOptions.ts'
import { whyNot } from './fileErrors.ts'

/** How a command reaches its cluster, as `parseArgs` takes it. */
export const CONNECTION_OPTIONS = {
  brokers: { type: 'string', multiple: true },
  security: { type: 'string' },
  mechanism: { type: 'string' },
  username: { type: 'string' },
  'secrets-file': { type: 'string' },
  ca: { type: 'string' },
  cert: { type: 'string' },
  key: { type: 'string' },
} as const

/** All but `--secrets-file`, which may stand for more. */
export const REACHING_HELP = `  --brokers LIST        Where the cluster is: host:port, more than one separated by commas.
  --security WAY        plaintext, ssl, sasl-plaintext or sasl-ssl. Default: plaintext;
                        with --username sasl-ssl; with --ca, --cert or --key ssl.
  --mechanism NAME      PLAIN (the default), SCRAM-SHA-256 or SCRAM-SHA-512.
  --username NAME       The user. The password is taken from KAFKA_PASSWORD.
  --ca FILE             PEM file of the authority; default: those that the system trusts.
  --cert FILE           PEM file of the client's certificate, for mutual TLS.
  --key FILE            PEM file of its private key; a passphrase is taken from
                        KAFKA_KEY_PASSPHRASE.
`

export const CONNECTION_HELP = `${REACHING_HELP}  --secrets-file FILE   Lines NAME=value that stand in for these two environment variables.
`

/** Values of `CONNECTION_OPTIONS`. */
export interface ConnectionValues {
  readonly brokers?: readonly string[]
  readonly security?: string
  readonly mechanism?: string
  readonly username?: string
  readonly 'secrets-file'?: string
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/** Where the files and the secrets come from. */
export interface ConnectionSurroundings {
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

const CLIENT_ID = 'kafkafile'

/** Everything that a connection needs. Throws `BadOptions`; no message holds a secret. */
export async function connectionConfig(
  values: ConnectionValues,
  surroundings: ConnectionSurroundings,
): Promise<ConnectionConfig> {
  const bootstrapServers = brokersOf(values.brokers ?? [])
  const { tls, sasl } = securityOf(values)
  const mechanism = mechanismOf(values.mechanism)
  const secrets = await secretsOf(values, surroundings)
  return {
    clientId: CLIENT_ID,
    bootstrapServers,
    ...(tls && { tls: await tlsOf(values, secrets, surroundings.folder) }),
    ...(sasl && {
      sasl: {
        mechanism,
        username: given(values.username, 'Logging in needs --username.'),
        password: given(
          secrets['KAFKA_PASSWORD'],
          'Logging in needs the password in the environment variable KAFKA_PASSWORD, or in --secrets-file.',
        ),
      },
    }),
  }
}

function given(value: string | undefined, message: string): string {
  if (value === undefined || value === '') throw new BadOptions(message)
  return value
}

const ADDRESS = /^(?:\[[\da-fA-F:.%A-Za-z]+\]|[\w.-]+):(\d{1,5})$/

function brokersOf(lists: readonly string[]): readonly string[] {
  const brokers = lists.flatMap(list => list.split(',')).map(part => part.trim())
  const named = brokers.filter(part => part !== '')
  if (named.length === 0) throw new BadOptions('--brokers is missing: --brokers host:port.')
  for (const broker of named) {
    const port = Number(ADDRESS.exec(broker)?.[1])
    if (port >= 1 && port <= 65_535) continue
    throw new BadOptions(`"${broker}" in --brokers is not host:port, as in localhost:9092.`)
  }
  return named
}

const WAYS: ReadonlyMap<string, { readonly tls: boolean; readonly sasl: boolean }> = new Map([
  ['plaintext', { tls: false, sasl: false }],
  ['ssl', { tls: true, sasl: false }],
  ['sasl-plaintext', { tls: false, sasl: true }],
  ['sasl-ssl', { tls: true, sasl: true }],
])

/** Kafka's own spelling, `SASL_SSL`, means the same. */
function securityOf(values: ConnectionValues): { readonly tls: boolean; readonly sasl: boolean } {
  const files = values.ca ?? values.cert ?? values.key
  const otherwise =
    values.username !== undefined ? 'sasl-ssl' : files !== undefined ? 'ssl' : 'plaintext'
  const named = values.security ?? otherwise
  const way = WAYS.get(named.toLowerCase().replace('_', '-'))
  if (!way) throw new BadOptions(`--security is one of ${[...WAYS.keys()].join(', ')}.`)
  if (!way.tls && files !== undefined) {
    throw new BadOptions(`--ca, --cert and --key need --security ${way.sasl ? 'sasl-ssl' : 'ssl'}.`)
  }
  if (!way.sasl && values.username !== undefined) {
    throw new BadOptions(`--username needs --security ${way.tls ? 'sasl-ssl' : 'sasl-plaintext'}.`)
  }
  return way
}

const MECHANISMS: readonly SaslMechanism[] = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']

function mechanismOf(text = 'PLAIN'): SaslMechanism {
  const found = MECHANISMS.find(mechanism => mechanism === text.toUpperCase())
  if (!found) throw new BadOptions(`--mechanism is one of ${MECHANISMS.join(', ')}.`)
  return found
}

async function secretsOf(
  values: ConnectionValues,
  { folder, environment }: ConnectionSurroundings,
): Promise<Readonly<Record<string, string | undefined>>> {
  const name = values['secrets-file']
  if (name === undefined) return environment
  return { ...environment, ...parseEnv(await textOf(name, '--secrets-file', folder)) }
}

async function tlsOf(
  values: ConnectionValues,
  secrets: Readonly<Record<string, string | undefined>>,
  folder: string,
): Promise<TlsConfig> {
  if ((values.cert === undefined) !== (values.key === undefined)) {
    throw new BadOptions('--cert and --key go together.')
  }
  const ca = values.ca && (await pemOf(values.ca, '--ca', 'CERTIFICATE', folder))
  const certificate = values.cert && (await pemOf(values.cert, '--cert', 'CERTIFICATE', folder))
  const key = values.key && (await pemOf(values.key, '--key', 'PRIVATE KEY', folder))
  const passphrase = secrets['KAFKA_KEY_PASSPHRASE']
  return {
    ...(ca && { ca }),
    ...(certificate && { certificate }),
    ...(key && { key }),
    ...(key && passphrase && { passphrase }),
  }
}

/** Node ignores a `ca` that is no PEM without a word, so the text is looked at here. */
async function pemOf(
  name: string,
  option: string,
  kind: 'CERTIFICATE' | 'PRIVATE KEY',
  folder: string,
): Promise<string> {
  const text = await textOf(name, option, folder)
  if (new RegExp(`-----BEGIN ([A-Z0-9 ]+ )?${kind}-----`).test(text)) return text
  throw new BadOptions(`${option}: ${name} is no PEM file with a line "-----BEGIN ${kind}-----".`)
}

/** The text of a file that an option names. Throws `BadOptions`. */
export async function textOf(name: string, option: string, folder: string): Promise<string> {
  try {
    return await readFile(resolve(folder, name), 'utf8')
  } catch (error) {
    throw new BadOptions(`${option}: ${name}: ${whyNot(error)}.`)
  }
}
