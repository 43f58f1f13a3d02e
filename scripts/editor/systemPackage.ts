import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { onPath } from './places.ts'

const run = promisify(execFile)
const PACKAGE_MS = 5 * 60_000

/**
 * Installs a package of the system by apt-get, where that is possible without asking anybody. A
 * new machine has no list of packages, or an old one: it is fetched when the first try fails.
 */
export async function installSystemPackage(name: string, signal?: AbortSignal): Promise<void> {
  if (process.platform !== 'linux' || onPath('apt-get') === undefined)
    throw new Error('there is no apt-get')
  const apt = async (...args: string[]) => {
    // Never asks for a password: what needs one is left to the person.
    const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n']
    const [program = '', ...rest] = [...sudo, 'apt-get', ...args]
    const limit = AbortSignal.timeout(PACKAGE_MS)
    await run(program, rest, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
      maxBuffer: 64 * 1024 * 1024,
    })
  }
  const install = () => apt('install', '-y', '--no-install-recommends', name)
  await install().catch(async () => {
    await apt('update')
    await install()
  })
}
