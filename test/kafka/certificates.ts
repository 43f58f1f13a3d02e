import { execFile } from 'node:child_process'
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Certificates for the tests. `File` names hold paths; the rest is PEM text. */
export interface Certificates {
  /** Signed the broker's and the client's certificate. */
  readonly ca: string
  readonly caFile: string
  /** A good authority that signed nothing the broker shows. */
  readonly otherCa: string
  /** The broker's key, certificate (for `localhost` only) and chain, as Kafka takes them. */
  readonly brokerFile: string
  readonly client: ClientCertificate
  /** Signed by an authority that the broker does not know. */
  readonly stranger: ClientCertificate
  /** The client's, as PKCS#12 with the password `changeit`. */
  readonly clientPfxFile: string
}

export interface ClientCertificate {
  readonly certificate: string
  readonly certificateFile: string
  readonly key: string
  readonly keyFile: string
}

const folder = join(import.meta.dirname, '..', '..', '.cache', 'test-certificates')

/** Made by openssl on first use, then kept: they are valid for ten years. */
export async function certificates(): Promise<Certificates> {
  const exists = await access(folder).then(
    () => true,
    () => false,
  )
  if (!exists) await make()
  const path = (name: string) => join(folder, name)
  const text = (name: string) => readFile(path(name), 'utf8')
  return {
    ca: await text('ca.crt'),
    caFile: path('ca.crt'),
    otherCa: await text('other.crt'),
    brokerFile: path('broker.pem'),
    client: await clientOf('client'),
    stranger: await clientOf('stranger'),
    clientPfxFile: path('client.p12'),
  }

  async function clientOf(name: string): Promise<ClientCertificate> {
    return {
      certificate: await text(`${name}.crt`),
      certificateFile: path(`${name}.crt`),
      key: await text(`${name}.key`),
      keyFile: path(`${name}.key`),
    }
  }
}

async function make(): Promise<void> {
  const work = `${folder}.${process.pid}.tmp`
  await mkdir(work, { recursive: true })
  const openssl = (...args: string[]) => execute('openssl', args, { cwd: work, timeout: 30_000 })
  await authority(openssl, 'ca')
  await authority(openssl, 'other')
  await writeFile(join(work, 'broker.ext'), 'subjectAltName=DNS:localhost\n')
  await writeFile(join(work, 'client.ext'), 'extendedKeyUsage=clientAuth\n')
  await signed(openssl, 'broker', 'localhost', 'ca', 'broker.ext')
  await signed(openssl, 'client', 'client', 'ca', 'client.ext')
  await signed(openssl, 'stranger', 'stranger', 'other', 'client.ext')
  const chain = ['broker.key', 'broker.crt', 'ca.crt'].map(name => readFile(join(work, name)))
  await writeFile(join(work, 'broker.pem'), Buffer.concat(await Promise.all(chain)))
  const pfx = ['-inkey', 'client.key', '-in', 'client.crt', '-passout', 'pass:changeit']
  await openssl('pkcs12', '-export', ...pfx, '-out', 'client.p12')
  await rename(work, folder).catch(() => rm(work, { recursive: true, force: true }))
}

type OpenSsl = (...args: string[]) => Promise<unknown>

const TEN_YEARS = ['-days', '3650', '-sha256']

function newKey(openssl: OpenSsl, name: string) {
  const curve = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']
  return openssl('genpkey', ...curve, '-out', `${name}.key`)
}

async function authority(openssl: OpenSsl, name: string) {
  await newKey(openssl, name)
  const subject = ['-subj', `/CN=${name}`, '-out', `${name}.crt`]
  await openssl('req', '-x509', '-new', '-key', `${name}.key`, ...TEN_YEARS, ...subject)
}

async function signed(openssl: OpenSsl, name: string, cn: string, ca: string, extensions: string) {
  await newKey(openssl, name)
  await openssl('req', '-new', '-key', `${name}.key`, '-subj', `/CN=${cn}`, '-out', `${name}.csr`)
  const signer = ['-CA', `${ca}.crt`, '-CAkey', `${ca}.key`, '-CAcreateserial']
  const files = ['-in', `${name}.csr`, '-extfile', extensions, '-out', `${name}.crt`]
  await openssl('x509', '-req', ...files, ...signer, ...TEN_YEARS)
}
