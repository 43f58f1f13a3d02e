import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { junitProblems } from '../report/junitSchema.ts'
import { runMain } from './run.ts'

const BROKERS = ['--brokers', '127.0.0.1:1']

interface Case {
  readonly files: Readonly<Record<string, string>>
  readonly args: readonly string[]
  readonly exit: number
  /** In what is printed. */
  readonly told: RegExp
}

const EXPECT = 'EXPECT\ntopic: a\n{ "id": 1 }\n'

/** Runs that end before any cluster is asked. */
const ENVIRONMENTS = JSON.stringify({
  $clusters: { one: { brokers: '127.0.0.1:1' }, two: { brokers: '127.0.0.1:2' } },
  a: { cluster: 'one', x: '1' },
  b: { cluster: 'two', y: '2' },
})

const CASES: Readonly<Record<string, Case>> = {
  'a file with an error': {
    files: { 'a.kafka': 'PRODUCER\n{}\n' },
    args: BROKERS,
    exit: 2,
    told: /a\.kafka:1:1 {2}error K120/,
  },
  'a file that is not text': {
    files: { 'a.kafka': '\u0000'.repeat(40) + '\r\ud800' },
    args: BROKERS,
    exit: 0,
    told: /1 file: 0 passed/,
  },
  'an environment that is not there': {
    files: { 'a.kafka': EXPECT, 'kafka.env.json': '{ "local": {} }' },
    args: ['--env', 'locla', ...BROKERS],
    exit: 2,
    told: /a\.kafka: kafka\.env\.json:1:1 There is no environment "locla"\. .*Did you mean "local"\?/,
  },
  'environments that are not JSON': {
    files: { 'a.kafka': EXPECT, 'kafka.env.json': '{\n  "local": {,}\n}' },
    args: BROKERS,
    exit: 2,
    told: /a\.kafka: kafka\.env\.json:2:\d+ /,
  },
  'environments with a cycle': {
    files: { 'a.kafka': EXPECT, 'kafka.env.json': '{ "$shared": { "a": "{{b}}", "b": "{{a}}" } }' },
    args: BROKERS,
    exit: 2,
    told: /a → b → a/,
  },
  'a cluster with a password': {
    files: {
      'a.kafka': EXPECT,
      'kafka.env.json': '{ "$clusters": { "p": { "brokers": "h:1", "password": "hunter2" } } }',
    },
    args: BROKERS,
    exit: 2,
    told: /^(?!.*hunter2).*the cluster "p": "password" is none of/s,
  },
  'no cluster': {
    files: { 'a.kafka': EXPECT },
    args: [],
    exit: 1,
    told: /a\.kafka: No cluster is named\. Give --brokers host:port/,
  },
  'brokers without a port': {
    files: { 'a.kafka': EXPECT },
    args: ['--brokers', 'bad'],
    exit: 1,
    told: /a\.kafka: Cluster "bad": /,
  },
  'a cluster without a port, which no block names': {
    files: { 'a.kafka': EXPECT },
    args: [...BROKERS, '--cluster', 'q=bad'],
    exit: 1,
    told: /a\.kafka: Cluster "q": /,
  },
  'security that there is not': {
    files: { 'a.kafka': EXPECT },
    args: [...BROKERS, '--security', 'foo'],
    exit: 1,
    told: /--security/,
  },
  'the cluster of the environment that a file names': {
    files: { 'a.kafka': `-- @env a\n${EXPECT}`, 'kafka.env.json': ENVIRONMENTS },
    args: [],
    exit: 3,
    told: /127\.0\.0\.1:1\b/,
  },
  'an environment of the command line over that of the file': {
    files: {
      'a.kafka': `-- @env a\nEXPECT\ntopic: {{y}}\nkey: 1\n`,
      'kafka.env.json': ENVIRONMENTS,
    },
    args: ['--env', 'b'],
    exit: 3,
    told: /127\.0\.0\.1:2\b/,
  },
  'a prompt': {
    files: { 'a.kafka': 'PRODUCER\ntopic: a\n{{$prompt Name}}\n' },
    args: BROKERS,
    exit: 2,
    told: /error K306 .*--var/,
  },
  'no block that runs': {
    files: { 'a.kafka': EXPECT },
    args: ['--tags', 'nightly', ...BROKERS],
    exit: 0,
    told: /skipped: It has no tag "nightly"\.[^]*kafkafile: No block ran\./,
  },
}

describe('kafkafile run, without a cluster', function () {
  // The first run loads what all need, and it is not bundled here.
  this.timeout(30_000)
  let folder = ''

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kafkafile-'))
  })

  afterEach(() => rm(folder, { recursive: true, force: true }))

  for (const [name, { files, args, exit, told }] of Object.entries(CASES)) {
    it(name, async () => {
      for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text)
      const report = ['--report', 'junit=r.xml']
      const ran = await runMain(['run', ...args, ...report], { folder })
      assert.match(ran.out + ran.errors, told)
      assert.equal(ran.exit, exit)
      assert.deepEqual(junitProblems(await readFile(join(folder, 'r.xml'), 'utf8')), [])
    })
  }

  it('says of a PRODUCER that it has no end, once, and not with --quiet', async () => {
    const paced = 'PRODUCER\ntopic: a\nevery: 1h\nv\n###\n'
    const ended = 'PRODUCER\ntopic: a\nrate: 1/s\nrecord-count: 2\nv\n###\n-- @skip\n'
    await writeFile(join(folder, 'a.kafka'), paced + ended + paced)
    const { errors } = await runMain(['run', ...BROKERS], { folder })
    assert.equal(
      errors,
      'a.kafka:1 sends until it is stopped: give it "record-count:" or "stop-after:".\n',
    )
    const quiet = await runMain(['run', ...BROKERS, '--quiet'], { folder })
    assert.doesNotMatch(quiet.errors, /until it is stopped/)
  })

  it('reads standard input', async () => {
    const input = [new TextEncoder().encode('PRODUCER\n{}\n')]
    const { exit, out } = await runMain(['run', '-', ...BROKERS], { folder, input })
    assert.equal(exit, 2)
    assert.match(out, /-:1:1 {2}error K120/)
  })

  it('says which report it could not write, and writes the others', async () => {
    await writeFile(join(folder, 'a.kafka'), 'PRODUCER\n{}\n')
    await writeFile(join(folder, 'file'), '')
    const reports = ['--report', 'junit=file/r.xml', '--report', 'json=r.json']
    const { exit, errors } = await runMain(['run', ...BROKERS, ...reports], { folder })
    assert.equal(exit, 3)
    assert.match(errors, /--report junit: file\/r\.xml cannot be written/)
    assert.ok(JSON.parse(await readFile(join(folder, 'r.json'), 'utf8')))
  })

  it('says only what is wrong with --quiet, on standard error', async () => {
    await writeFile(join(folder, 'a.kafka'), 'PRODUCER\n{}\n')
    const { out, errors } = await runMain(['run', ...BROKERS, '--quiet'], { folder })
    assert.equal(out, '')
    assert.match(errors, /^a\.kafka:1:1 {2}error K120 [^\n]*\n$/)
  })
})
