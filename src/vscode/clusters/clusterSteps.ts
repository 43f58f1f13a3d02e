import * as vscode from 'vscode'
import { problemOf } from '../../base/problem.ts'
import type { SaslMechanism } from '../../kafka/connection.ts'
import type { ReadPem } from './connectionConfig.ts'
import {
  nameError,
  serversError,
  type ClusterDraft,
  type Security,
  type StepName,
} from './draft.ts'
import { readTlsFiles } from './connectionConfig.ts'
import { askChoice, askText, type Choice, type Step, type StepAnswer } from './steps.ts'

export interface ClusterStepOptions {
  /** Names of the other clusters. */
  readonly taken: readonly string[]
  /** Whether a stored password counts for the draft as it is now. */
  stored(draft: ClusterDraft): boolean
  readonly readPem: ReadPem
}

/** What each step of *Add Cluster* and *Edit Cluster* asks. */
export function clusterSteps(options: ClusterStepOptions): Record<StepName, Step<ClusterDraft>> {
  return {
    name: textStep('name', {
      prompt: 'A name for the cluster, shown in the tree and the status bar.',
      placeholder: 'Local, staging, billing…',
      validate: value => nameError(value, options.taken),
    }),
    servers: textStep('servers', {
      prompt:
        'Bootstrap servers as host:port, separated by commas. One is enough to find the others. IPv6 in brackets: [::1]:9092.',
      placeholder: 'localhost:9092',
      validate: serversError,
    }),
    security: askSecurity,
    ca: askCa(options.readPem),
    certificate: askFile('certificateFile', 'client certificate', options.readPem),
    key: askFile('keyFile', 'private key', options.readPem),
    passphrase: (draft, place) =>
      secretStep(
        draft,
        place,
        'passphrase',
        'The passphrase of the private key',
        options.stored(draft),
      ),
    mechanism: (draft, place) =>
      choose(
        askChoice<SaslMechanism>({
          ...place,
          placeholder: 'How the user proves who it is',
          choices: MECHANISM_CHOICES,
          active: mechanism => mechanism === draft.mechanism,
        }),
        mechanism => ({ ...draft, mechanism }),
      ),
    username: textStep('username', {
      prompt: 'The user name for SASL. At many cloud services it is the API key.',
      placeholder: 'User name',
      validate: value => (value.trim() === '' ? 'Enter the user name.' : undefined),
    }),
    password: (draft, place) =>
      secretStep(
        draft,
        place,
        'password',
        `The password of ${draft.username}`,
        options.stored(draft),
      ),
    care: askCare,
    scope: askScope,
  }
}

async function choose<T>(
  asked: Promise<StepAnswer<T>>,
  change: (value: T) => ClusterDraft,
): Promise<StepAnswer<ClusterDraft>> {
  const answer = await asked
  return typeof answer === 'string' ? answer : { value: change(answer.value) }
}

interface TextOptions {
  readonly prompt: string
  readonly placeholder: string
  validate(value: string): string | undefined
}

function textStep(name: 'name' | 'servers' | 'username', options: TextOptions): Step<ClusterDraft> {
  return (draft, place) =>
    choose(askText({ ...place, ...options, value: draft[name] }), value => ({
      ...draft,
      [name]: value.trim(),
    }))
}

function secretStep(
  draft: ClusterDraft,
  place: Parameters<Step<ClusterDraft>>[1],
  name: 'password' | 'passphrase',
  prompt: string,
  stored: boolean,
): Promise<StepAnswer<ClusterDraft>> {
  const asked = askText({
    ...place,
    prompt: `${prompt}. It is kept in the secret storage, never in the settings.`,
    placeholder: stored ? 'Leave empty to keep what is stored' : prompt,
    value: draft[name] ?? '',
    password: true,
    validate: value => (value === '' && !stored ? `Enter the ${name}.` : undefined),
  })
  return choose(asked, value => (value === '' ? draft : { ...draft, [name]: value }))
}

const SECURITY_CHOICES: readonly Choice<Security>[] = [
  {
    choice: 'plaintext',
    label: 'None',
    description: 'PLAINTEXT',
    detail: 'A broker on this computer or in a closed network.',
  },
  {
    choice: 'tls',
    label: 'TLS',
    description: 'SSL',
    detail: 'Encrypted; the broker shows a certificate.',
  },
  {
    choice: 'mtls',
    label: 'TLS with a client certificate',
    description: 'SSL, mTLS',
    detail: 'Encrypted; this computer shows a certificate, too. PEM files.',
  },
  {
    choice: 'sasl-tls',
    label: 'User and password over TLS',
    description: 'SASL_SSL',
    detail: 'Encrypted, with a login by PLAIN or SCRAM. Most cloud services.',
  },
  {
    choice: 'sasl-plaintext',
    label: 'User and password without TLS',
    description: 'SASL_PLAINTEXT',
    detail: 'A login, but nothing is encrypted.',
  },
]

const askSecurity: Step<ClusterDraft> = (draft, place) =>
  choose(
    askChoice({
      ...place,
      placeholder: 'How the brokers are reached',
      choices: SECURITY_CHOICES,
      active: security => security === draft.security,
    }),
    security => (security === draft.security ? draft : withSecurity(draft, security)),
  )

/** Another security starts without the client certificate of the one before. */
function withSecurity(draft: ClusterDraft, security: Security): ClusterDraft {
  const next: { -readonly [Name in keyof ClusterDraft]: ClusterDraft[Name] } = {
    ...draft,
    security,
  }
  delete next.certificateFile
  delete next.keyFile
  delete next.key
  return next
}

const MECHANISM_CHOICES: readonly Choice<SaslMechanism>[] = [
  { choice: 'SCRAM-SHA-512', label: 'SCRAM-SHA-512', detail: 'The password itself is never sent.' },
  { choice: 'SCRAM-SHA-256', label: 'SCRAM-SHA-256', detail: 'The password itself is never sent.' },
  {
    choice: 'PLAIN',
    label: 'PLAIN',
    detail: 'The password is sent to the broker as it is: use it over TLS only.',
  },
]

function askCa(readPem: ReadPem): Step<ClusterDraft> {
  const ask: Step<ClusterDraft> = async (draft, place) => {
    const answer = await askChoice<'system' | 'keep' | 'file'>({
      ...place,
      placeholder: "Which authority signed the brokers' certificates",
      choices: [
        {
          choice: 'system',
          label: 'One that this computer trusts',
          detail: 'The certificates of the system.',
        },
        ...(draft.caFile === undefined
          ? []
          : [{ choice: 'keep' as const, label: 'As chosen', description: draft.caFile }]),
        {
          choice: 'file',
          label: 'Choose a CA file…',
          detail: 'A PEM file with the certificate of the authority, or of the broker itself.',
        },
      ],
      active: choice => choice === (draft.caFile === undefined ? 'system' : 'keep'),
    })
    if (typeof answer === 'string') return answer
    if (answer.value === 'keep') return { value: draft }
    if (answer.value === 'system') return { value: withoutCa(draft) }
    const value = await pickPem(draft, 'caFile', 'CA certificate', readPem)
    return value ? { value } : ask(draft, place)
  }
  return ask
}

function withoutCa(draft: ClusterDraft): ClusterDraft {
  const next: { -readonly [Name in keyof ClusterDraft]: ClusterDraft[Name] } = { ...draft }
  delete next.caFile
  return next
}

function askFile(
  name: 'certificateFile' | 'keyFile',
  what: string,
  readPem: ReadPem,
): Step<ClusterDraft> {
  const ask: Step<ClusterDraft> = async (draft, place) => {
    const current = draft[name]
    const answer = await askChoice<'keep' | 'file'>({
      ...place,
      placeholder: `The file of the ${what}`,
      choices: [
        ...(current === undefined
          ? []
          : [{ choice: 'keep' as const, label: 'As chosen', description: current }]),
        { choice: 'file', label: `Choose the ${what}…`, detail: 'A PEM file.' },
      ],
      active: choice => choice === (current === undefined ? 'file' : 'keep'),
    })
    if (typeof answer === 'string') return answer
    if (answer.value === 'keep') return { value: draft }
    const value = await pickPem(draft, name, what, readPem)
    return value ? { value } : ask(draft, place)
  }
  return ask
}

type PemField = 'caFile' | 'certificateFile' | 'keyFile'

/** A file that is no PEM is told at once. Undefined: none was chosen, and the step is asked again. */
async function pickPem(
  draft: ClusterDraft,
  name: PemField,
  what: string,
  readPem: ReadPem,
): Promise<ClusterDraft | undefined> {
  for (;;) {
    const [uri] = (await vscode.window.showOpenDialog({
      title: `Choose the ${what} (PEM)`,
      openLabel: 'Choose',
      canSelectMany: false,
      filters: { PEM: ['pem', 'crt', 'cer', 'key'], 'All files': ['*'] },
    })) ?? [undefined]
    if (!uri) return undefined
    const next = { ...draft, [name]: uri.fsPath }
    try {
      const files = await readTlsFiles(pemProbe(name, uri.fsPath), readPem)
      return name === 'keyFile' && files.key ? { ...next, key: files.key } : next
    } catch (error) {
      const { message, advice } = problemOf(error)
      const again = await vscode.window.showErrorMessage(
        message,
        { modal: true, ...(advice !== undefined && { detail: advice }) },
        'Choose Another File',
      )
      if (!again) return undefined
    }
  }
}

/** A cluster with this one file, to have the file read and checked. */
function pemProbe(name: PemField, path: string) {
  return {
    id: '',
    name: '',
    bootstrapServers: [],
    scope: 'user' as const,
    tls: { enabled: true, [name]: path },
  }
}

const PROTECTED_AND_DISPOSABLE: Choice<ClusterDraft['care']> = {
  choice: 'both',
  label: 'Protected and throw-away',
  detail: 'As it is: test files may recreate topics, and all else asks first.',
}

const askCare: Step<ClusterDraft> = (draft, place) =>
  choose(
    askChoice<ClusterDraft['care']>({
      ...place,
      placeholder: 'How careful to be with it',
      choices: [
        {
          choice: 'ordinary',
          label: 'Ordinary',
          detail: 'Producing needs no confirmation; deleting a topic asks for its name.',
        },
        {
          choice: 'protected',
          label: 'Protected',
          detail: 'Producing, creating and deleting ask first. For production.',
        },
        {
          choice: 'disposable',
          label: 'Throw-away',
          detail: 'Test files may delete and recreate topics. For a local broker.',
        },
        ...(draft.care === 'both' ? [PROTECTED_AND_DISPOSABLE] : []),
      ],
      active: care => care === draft.care,
    }),
    care => ({ ...draft, care }),
  )

const askScope: Step<ClusterDraft> = (draft, place) =>
  choose(
    askChoice<ClusterDraft['scope']>({
      ...place,
      placeholder: 'Where to save it (never the password)',
      choices: [
        { choice: 'user', label: 'User settings', detail: 'In every window of yours.' },
        {
          choice: 'workspace',
          label: 'Workspace settings',
          detail: 'In this folder only, for everyone who works on it.',
        },
      ],
      active: scope => scope === draft.scope,
    }),
    scope => ({ ...draft, scope }),
  )
