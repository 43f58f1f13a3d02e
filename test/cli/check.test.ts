import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { FileReport } from '../../src/language/report.ts'
import { runMain, type Outcome } from './run.ts'

describe('kafkafile check', () => {
  let folder = ''

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kafkafile-'))
    await mkdir(path.join(folder, 'sub/node_modules'), { recursive: true })
    const files: Record<string, string | Uint8Array> = {
      'b.kafka': 'CONSUMER\ntopic: a\n',
      'a.kafka': 'CONSUMER\nform: 1\ntopic: a\n',
      'bad.kafka': 'PRODUCER\n',
      'sub/c.kafka': '',
      'sub/node_modules/d.kafka': 'PRODUCER\n',
      'other.txt': 'CONSUMER\ntopic: a',
      'nul.kafka': Uint8Array.of(0xef, 0xbb, 0xbf, 0x50, 0, 0xff, 0x0d, 0xed, 0xa0, 0x80),
    }
    for (const [name, text] of Object.entries(files)) {
      await writeFile(path.join(folder, name), text)
    }
    await symlink(folder, path.join(folder, 'sub/round')).catch(() => undefined)
  })

  after(() => rm(folder, { recursive: true, force: true }))

  async function run(args: string[], input: Uint8Array[] = []): Promise<Outcome> {
    return runMain(args, { folder, input })
  }

  const stdin = (text: string) => [new TextEncoder().encode(text)]

  it('prints one object a line, as specified', async () => {
    const text = 'PRODUCER p\ntopic: a\n{"x":1}\n\n###\nCONSUMER grp\ntopic: b\nform: 1\n'
    const { exit, out } = await run(['check', '--json', '-'], stdin(text))
    assert.equal(exit, 0)
    assert.equal(
      out,
      '{"file":"-","blocks":[{"kind":"PRODUCER","label":"p","startLine":1,"endLine":4,' +
        '"properties":[{"name":"topic","value":"a","line":2}],"value":"{\\"x\\":1}"},' +
        '{"kind":"CONSUMER","group":"grp","startLine":6,"endLine":8,"properties":' +
        '[{"name":"topic","value":"b","line":7},{"name":"form","value":"1","line":8}]}],' +
        '"problems":[{"code":"K110","severity":"warning","line":8,"column":1,"endLine":8,' +
        '"endColumn":5,"message":"Unknown property \\"form\\". Did you mean \\"from\\"?"}]}\n',
    )
  })

  const shapes: [what: string, text: string, blocks: unknown][] = [
    [
      'CRLF, a value as it is sent, and blank lines at the end',
      'PRODUCER p\r\ntopic: a\r\n\r\n  {\r\n "x": 1\r\n}\r\n\r\n###\r\n',
      [
        {
          kind: 'PRODUCER',
          label: 'p',
          startLine: 1,
          endLine: 7,
          properties: [{ name: 'topic', value: 'a', line: 2 }],
          value: '{\r\n "x": 1\r\n}',
        },
      ],
    ],
    [
      'CR alone, and no line end at the end',
      'CONSUMER\rtopic: a\r\r',
      [
        {
          kind: 'CONSUMER',
          startLine: 1,
          endLine: 3,
          properties: [{ name: 'topic', value: 'a', line: 2 }],
        },
      ],
    ],
    [
      'a group, a pattern and a line without a colon',
      'EXPECT GROUP x\nassert: lag == 0\nEXPECT GROUP\ntopic\n [1]',
      [
        {
          kind: 'EXPECT',
          group: 'x',
          startLine: 1,
          endLine: 2,
          properties: [{ name: 'assert', value: 'lag == 0', line: 2 }],
        },
        {
          kind: 'EXPECT',
          label: 'GROUP',
          startLine: 3,
          endLine: 5,
          properties: [{ name: 'topic', line: 4 }],
          pattern: '[1]',
        },
      ],
    ],
    ['nothing', '\n\n', []],
  ]
  for (const [what, text, blocks] of shapes)
    it(`prints ${what}`, async () => {
      const { out } = await run(['check', '--json', '-'], stdin(text))
      assert.deepEqual((JSON.parse(out) as { blocks: unknown }).blocks, blocks)
    })

  it('prints one object for each file, in the order given, with the worst exit code', async () => {
    const text = stdin('PRODUCER\ntopic: \ud83d\ude00b\nx')
    const { exit, out } = await run(['check', '--json', 'b.kafka', '-', 'a.kafka'], text)
    const files = out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as FileReport)
    assert.deepEqual(
      files.map(({ file }) => file),
      ['b.kafka', '-', 'a.kafka'],
    )
    assert.equal(exit, 2)
    // Columns count UTF-16 units.
    assert.deepEqual(files[1]?.problems[0], {
      code: 'K123',
      severity: 'error',
      line: 2,
      column: 8,
      endLine: 2,
      endColumn: 11,
      message:
        '"\ud83d\ude00b" is not a topic name: only letters, digits, ".", "_" and "-", at most 249.',
    })
  })

  it('tells people where and what', async () => {
    const { exit, out } = await run(['check', 'a.kafka', 'bad.kafka'])
    assert.equal(exit, 2)
    assert.deepEqual(out.split('\n'), [
      'a.kafka:2:1 warning K110 Unknown property "form". Did you mean "from"?',
      'bad.kafka:1:1 error K120 The producer needs a "topic:".',
      'bad.kafka:1:1 error K121 The producer has no value. To send a null value (tombstone) use "value-format: null".',
      '2 files, 2 errors, 1 warning',
      '',
    ])
  })

  const choices: [args: string[], files: string[]][] = [
    [
      ['b.kafka', 'a.kafka', 'b.kafka'],
      ['b.kafka', 'a.kafka'],
    ],
    [['other.txt'], ['other.txt']],
    [['sub'], ['sub/c.kafka']],
    [['.'], ['a.kafka', 'b.kafka', 'bad.kafka', 'nul.kafka', 'sub/c.kafka']],
    [[], ['a.kafka', 'b.kafka', 'bad.kafka', 'nul.kafka', 'sub/c.kafka']],
    [['?.kafka'], ['a.kafka', 'b.kafka']],
    [['**/*.kafka'], ['a.kafka', 'b.kafka', 'bad.kafka', 'nul.kafka', 'sub/c.kafka']],
    [['{sub,none}/**'], ['sub/c.kafka']],
    [['./[!b]*.kafka'], ['a.kafka', 'nul.kafka']],
  ]
  for (const [args, files] of choices) {
    it(`finds the files of ${args.join(' ') || 'no argument'}`, async () => {
      const { out } = await run(['check', '--json', ...args])
      const found = out
        .trim()
        .split('\n')
        .map(line => (JSON.parse(line) as { file: string }).file.split(path.sep).join('/'))
      assert.deepEqual(found, files)
    })
  }

  it('says which argument names nothing, and checks the others', async () => {
    const { exit, out, errors } = await run(['check', 'none.kafka', '*.none', 'b.kafka'])
    assert.equal(exit, 1)
    assert.match(errors, /none\.kafka: there is no such file.*\n.*\*\.none: there is no such file/)
    assert.match(out, /^1 file, 0 errors, 0 warnings/)
    assert.equal((await run(['check', 'none.kafka', 'bad.kafka'])).exit, 2)
  })

  const usages: [args: string[], exit: number, printed: RegExp][] = [
    [['--help'], 0, /^Usage: kafkafile check/],
    [['check', '-h'], 0, /^Usage/],
    [['--version'], 0, /^\d+\.\d+\.\d+\n$/],
    [[], 1, /Which command\?[^]*Usage/],
    [['fly'], 1, /There is no command "fly"/],
    [['check', '--jsn'], 1, /Unknown option '--jsn'/],
    [['check', '--json=yes'], 1, /--json/],
  ]
  for (const [args, exit, printed] of usages) {
    it(`answers ${args.join(' ') || 'nothing'} with ${exit}`, async () => {
      const outcome = await run(args)
      assert.equal(outcome.exit, exit)
      assert.match(outcome.out + outcome.errors, printed)
    })
  }

  it('reads any bytes', async () => {
    const { exit, out } = await run(['check', '--json', 'nul.kafka'])
    assert.equal(exit, 0)
    assert.deepEqual(JSON.parse(out), { file: 'nul.kafka', blocks: [], problems: [] })
  })

  const strange: readonly (readonly [what: string, bytes: readonly number[], at: string])[] = [
    [
      'a byte of Latin-1',
      [0x2d, 0x2d, 0x0a, 0x2d, 0x2d, 0xe4, 0x0a],
      '2: This is not UTF-8: byte 6 ',
    ],
    ['a character that breaks off', [0x2d, 0x2d, 0xef, 0xbf], '1: This is not UTF-8: byte 3 '],
    ['after a byte order mark', [0xef, 0xbb, 0xbf, 0x0d, 0xff], '2: This is not UTF-8: byte 5 '],
  ]
  for (const [what, bytes, at] of strange) {
    it(`says where a file is not UTF-8, and goes on: ${what}`, async () => {
      for (const args of [
        ['check', '-'],
        ['run', '-', '--brokers', '127.0.0.1:1'],
      ]) {
        const { exit, errors } = await run(args, [Uint8Array.from(bytes)])
        assert.equal(exit, 0)
        assert.ok(errors.startsWith(`kafkafile: -:${at}of the file`), errors)
      }
    })
  }

  it('does not complain of UTF-8, nor of UTF-16 with its mark', async () => {
    for (const bytes of [
      [0xc3, 0xa4, 0xef, 0xbf, 0xbd],
      [0xff, 0xfe, 0xe4, 0x00],
    ]) {
      const { errors } = await run(['check', '-'], [Uint8Array.from(bytes)])
      assert.equal(errors, '')
    }
  })

  it('knows the values of all environments, and what is wrong with their file', async () => {
    const inner = path.join(folder, 'environments')
    await mkdir(path.join(inner, 'deep'), { recursive: true })
    await writeFile(
      path.join(inner, 'deep/e.kafka'),
      'CONSUMER\ntopic: {{host}}-{{port}}-{{token}}-{{nothing}}\nfilter: value. == 1\n',
    )
    const write = (name: string, text: string) => writeFile(path.join(inner, name), text)
    await write('kafka.env.json', '{"$shared":{"host":"a"},"dev":{"port":1}}')
    await write('kafka.private.env.json', '{"dev":{"token":"canary"}}')
    const { exit, out } = await run(['check', 'environments'])
    assert.equal(exit, 2)
    assert.match(
      out,
      /^\S+ error K301 "{{nothing}}" is not defined\.\n\S+ error K320 [^\n]+\n1 file/,
    )
    assert.ok(!out.includes('canary'))

    await write('kafka.env.json', '{"dev":\n')
    const broken = await run(['check', 'environments'])
    assert.equal(broken.exit, 2)
    assert.match(
      broken.errors,
      /^kafkafile: environments.kafka\.env\.json:\d+:\d+ This is not JSON/,
    )
  })

  it('knows schemas, and the environment of each block', async () => {
    const inner = path.join(folder, 'schemas')
    await mkdir(inner)
    const write = (name: string, text: string) => writeFile(path.join(inner, name), text)
    await write('kafka.env.json', '{"dev":{"host":"a"},"ci":{"port":1}}')
    await write('order.json', '{"required":["id"]}')
    await write(
      's.kafka',
      'PRODUCER\n-- @env dev\ntopic: {{host}}{{port}}\nvalue-format: json\nvalue-schema: file(order.json)\n{}\n###\n' +
        'PRODUCER\n-- @env non\ntopic: a\nvalue-format: json\nvalue-schema: file(../b.kafka)\n{}\n',
    )
    const { exit, out } = await run(['check', 'schemas'])
    assert.equal(exit, 2)
    assert.deepEqual(
      out.split('\n').map(line => /:\d+:\d+ \w+ K\d+/.exec(line)?.[0]),
      [
        ':3:16 error K301',
        ':6:1 error K211',
        ':9:9 error K301',
        ':12:15 error K212',
        undefined,
        undefined,
      ],
    )
  })

  it('reads UTF-16 with its mark', async () => {
    const text = Buffer.from('\ufeffCONSUMER g\n', 'utf16le')
    for (const bytes of [text, Buffer.from(text).swap16()]) {
      const { out } = await run(['check', '--json', '-'], [bytes])
      assert.match(out, /"group":"g"/)
    }
  })

  it('refuses a file that is too large, and checks the others', async () => {
    const chunk = new Uint8Array(1024 * 1024)
    const { exit, out, errors } = await run(
      ['check', '-', 'b.kafka'],
      Array.from({ length: 17 }, () => chunk),
    )
    assert.equal(exit, 2)
    assert.match(errors, /-: The file is larger than 16 MiB/)
    assert.match(out, /^1 file/)
  })
})
