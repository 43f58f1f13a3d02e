import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runMain } from './run.ts'

const NOWHERE = ['--brokers', '127.0.0.1:1']
const SENDS = 'PRODUCER\ntopic: a\nx\n'

interface Case {
  readonly files: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  readonly exit: number
  /** All that is told of the file `a.kafka`, without blanks before it. */
  readonly told: readonly string[]
}

/** With that file of environments nothing of `a.kafka` runs, for this reason. */
function environments(text: string, why: string, args: readonly string[] = []): Case {
  return {
    files: { 'a.kafka': SENDS, 'kafka.env.json': text },
    args,
    exit: 2,
    told: [`a.kafka: kafka.env.json:${why}`],
  }
}

function fileOf(name: string, why: string, advice: string): Case {
  return {
    files: { 'a.kafka': `PRODUCER\ntopic: a\n{{$file ${name}}}\n`, 'data/x': '' },
    exit: 2,
    told: [`✗ a.kafka:1:1  PRODUCER — "${name}" ${why}`, advice],
  }
}

const INSIDE = 'Put the file into it: the folder with .git, else with kafka.env.json.'
const RELATIVE = 'Check its path: it is relative to the .kafka file.'

const CASES: Readonly<Record<string, Case>> = {
  'environments that are not JSON': environments(
    '{\n  "local": {,}\n}',
    '2:13 This is not JSON: here should be a name in double quotes.',
  ),
  'environments that end too early': environments(
    '{ "local": {',
    '1:12 This is not JSON: here should be a name in double quotes.',
  ),
  'an empty file of environments': environments(
    '',
    '1:1 This is not JSON: here should be a value.',
  ),
  'environments that are a list': environments(
    '[]',
    '1:1 A file of environments is an object of objects: { "local": { "cluster": "local" } }.',
  ),
  'an environment that is a text': environments(
    '{ "local": "x" }',
    '1:12 The environment "local" has to be an object of names and values.',
  ),
  'a value that is a list': environments(
    '{ "local": { "a": [1] } }',
    '1:19 The value of "a" has to be a text, a number, true or false.',
  ),
  'values that need each other': environments(
    '{ "$shared": { "a": "{{b}}", "b": "x {{c}}", "c": "{{a}}" } }',
    '1:21 a → b → c → a: these values need each other.',
  ),
  'an environment that is not there': environments(
    '{ "local": {}, "ci": {} }',
    '1:1 There is no environment "locla". There are local, ci. Did you mean "local"?',
    ['--env', 'locla'],
  ),
  'an environment where there is none': {
    files: { 'a.kafka': SENDS },
    args: ['--env', 'ci'],
    exit: 2,
    told: [
      'a.kafka: kafka.env.json:1:1 There is no environment "ci". There is none: add one to kafka.env.json.',
    ],
  },
  'a file outside the workspace': fileOf(
    '../secret.txt',
    'is outside the workspace WORKSPACE.',
    INSIDE,
  ),
  'a file of the machine': fileOf('/etc/hostname', 'is outside the workspace WORKSPACE.', INSIDE),
  'a file outside, through a link': fileOf('link', 'is outside the workspace WORKSPACE.', INSIDE),
  'a file outside, through a folder that is a link': fileOf(
    'up/secret.txt',
    'is outside the workspace WORKSPACE.',
    INSIDE,
  ),
  'a file that is not there': fileOf(
    './none.txt',
    'cannot be read: there is no such file.',
    RELATIVE,
  ),
  'a topic with NUL': {
    files: { 'a.kafka': 'PRODUCER\ntopic: a\0b\nx\0\n' },
    exit: 2,
    told: [
      'a.kafka:2:8  error K123 "a\\u0000b" is not a topic name: only letters, digits, ".", "_" and "-", at most 249.',
    ],
  },
  'a byte order mark, and line ends of CR alone': {
    files: { 'a.kafka': '\ufeffPRODUCER\rtopic: a b\rx\r###\rPRODUCER\rtopic: a\r' },
    exit: 2,
    told: [
      'a.kafka:2:8  error K123 "a b" is not a topic name: only letters, digits, ".", "_" and "-", at most 249.',
      'a.kafka:5:1  error K121 The producer has no value. To send a null value (tombstone) use "value-format: null".',
    ],
  },
}

describe('kafkafile, given what is wrong', function () {
  // The first run loads what all need, and it is not bundled here.
  this.timeout(30_000)
  let outer = ''
  let folder = ''

  beforeEach(async () => {
    outer = await mkdtemp(join(tmpdir(), 'kafkafile-'))
    folder = join(outer, 'workspace')
    await mkdir(join(folder, '.git'), { recursive: true })
    await writeFile(join(outer, 'secret.txt'), 'outside')
    await symlink('../secret.txt', join(folder, 'link'))
    await symlink('..', join(folder, 'up'))
  })

  afterEach(() => rm(outer, { recursive: true, force: true }))

  async function put(files: Case['files']): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), text)
    }
  }

  for (const [name, { files, args = [], exit, told }] of Object.entries(CASES)) {
    it(`says so: ${name}`, async () => {
      await put(files)
      const ran = await runMain(['run', 'a.kafka', ...NOWHERE, ...args], { folder })
      const [head, ...lines] = ran.out
        .replaceAll(folder, 'WORKSPACE')
        .split('\n')
        .map(line => line.trim())
      assert.equal(head, 'a.kafka')
      assert.deepEqual(lines.slice(0, -2), told)
      assert.equal(ran.exit, exit)
      assert.match(lines.at(-2) ?? '', /^1 file.*: 0 passed/)
    })
  }

  it('refuses a file of 100 MB, without a look into it', async () => {
    await put({ 'a.kafka': SENDS })
    await truncate(join(folder, 'a.kafka'), 100_000_000)
    const why = 'The file is larger than 16 MiB, which is too large for a file of requests.'
    const ran = await runMain(['run', 'a.kafka', ...NOWHERE], { folder })
    assert.equal(ran.exit, 2)
    assert.ok(
      ran.out.startsWith(`a.kafka\n  a.kafka: ${why}\n1 file (1 not run): 0 passed`),
      ran.out,
    )
    const checked = await runMain(['check', 'a.kafka'], { folder })
    assert.deepEqual([checked.exit, checked.errors], [2, `kafkafile: a.kafka: ${why}\n`])
  })

  it('says what is a folder and no file', async () => {
    await put({ 'a.kafka': SENDS })
    await mkdir(join(folder, 'kafka.env.json'))
    const ran = await runMain(['run', 'a.kafka', ...NOWHERE], { folder })
    assert.equal(ran.exit, 2)
    assert.ok(
      ran.out.includes(
        `a.kafka: ${join(folder, 'kafka.env.json')} cannot be read: it is a folder.`,
      ),
    )
  })

  const wrongOptions: readonly (readonly [args: string, errors: string])[] = [
    [
      'none.kafka',
      'none.kafka: there is no such file, folder with .kafka files, or pattern that matches one.',
    ],
    [
      'empty',
      'empty: there is no such file, folder with .kafka files, or pattern that matches one.',
    ],
    [
      'x*.kafka',
      'x*.kafka: there is no such file, folder with .kafka files, or pattern that matches one.',
    ],
    ['', '.: there is no such file, folder with .kafka files, or pattern that matches one.'],
  ]
  for (const [args, message] of wrongOptions) {
    it(`finds no file: run ${args}`, async () => {
      await mkdir(join(folder, 'empty'))
      const all = ['run', ...args.split(' ').filter(arg => arg !== ''), ...NOWHERE]
      const { exit, errors } = await runMain(all, { folder })
      assert.equal(exit, 1)
      assert.equal(errors, `kafkafile: ${message}\n`)
    })
  }

  it('says that there is no file of secrets', async () => {
    await put({ 'a.kafka': SENDS })
    const args = ['run', 'a.kafka', '--secrets-file', 'none', ...NOWHERE]
    const { exit, errors } = await runMain(args, { folder })
    assert.equal(exit, 1)
    assert.equal(
      errors,
      'kafkafile: --secrets-file: none: there is no such file.\nSee kafkafile run --help.\n',
    )
  })
})

describe('kafkafile without a command', () => {
  it('alone tells how it is used, and ends with 1', async () => {
    const { exit, out, errors } = await runMain([])
    assert.deepEqual([exit, out], [1, ''])
    assert.match(errors, /^kafkafile: Which command\?\n\nUsage: kafkafile check /)
  })

  it('says that there is no such command or option', async () => {
    assert.match((await runMain(['rum'])).errors, /^kafkafile: There is no command "rum"\.\n/)
    const { exit, errors } = await runMain(['--nope'])
    assert.equal(exit, 1)
    assert.match(errors, /^kafkafile: Unknown option '--nope'/)
  })

  it('shows help and version on standard output, and ends with 0', async () => {
    for (const option of ['--help', '-h']) {
      const { exit, out, errors } = await runMain([option])
      assert.deepEqual([exit, errors], [0, ''])
      for (const command of ['check', 'run', 'peek', 'lag'])
        assert.match(out, new RegExp(`^ {2}${command} +[A-Z]`, 'm'))
    }
    const { exit, out } = await runMain(['--version'])
    assert.equal(exit, 0)
    assert.match(out, /^\d+\.\d+\.\d+\n$/)
  })
})
