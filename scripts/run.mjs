/**
 * The way in for every npm script: works on whatever Node (20 or newer) the machine has.
 * Installs the packages if the lock file changed since the last time, then runs
 * `scripts/<task>.ts` under the Node that the packages bring along.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const windows = process.platform === 'win32'
const stamp = join(root, '.cache', 'setup', 'packages')
const node = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node')

const [task, ...taskArguments] = process.argv.slice(2)
if (!task) {
  console.error('Usage: node scripts/run.mjs TASK [arguments]')
  process.exit(1)
}

installPackages()
runTask(task, taskArguments)

function installPackages() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(node) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.log('Installing packages…')
  const npm = windows ? 'npm.cmd' : 'npm'
  // Engine warnings are expected here: the Node that the tools want is among what is installed.
  const result = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: windows,
  })
  if (result.status !== 0) {
    console.error('npm ci did not succeed; see above.')
    sayOutcome()
    process.exit(result.status ?? 1)
  }
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, wanted)
}

/** The last line of a test run is its outcome, also when it ends before its first test. */
function sayOutcome() {
  if (task === 'test') console.log('0 passed, 1 failed')
}

/**
 * @param {string} name
 * @param {string[]} args
 */
function runTask(name, args) {
  const path = [join(root, 'node_modules', '.bin'), dirname(node), process.env['PATH']].join(
    delimiter,
  )
  const child = spawn(node, [join(root, 'scripts', `${name}.ts`), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  })
  // The terminal sends Ctrl-C to the child too; this process only waits for it to tidy up.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => {
      if (signal !== 'SIGINT') child.kill(signal)
    })
  child.on('error', error => {
    console.error(`${node} could not be started: ${error.message}`)
    sayOutcome()
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
}
