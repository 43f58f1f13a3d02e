import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  lstat,
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeReports } from '../../src/cli/writeReports.ts'

const OUTCOME = { startedAt: 0, milliseconds: 0, files: [] }
const TAP = 'TAP version 14\n1..0\n'

describe('Writing reports', () => {
  let folder = ''

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reports-'))
  })

  afterEach(() => rm(folder, { recursive: true, force: true }))

  const write = (file: string) => writeReports([{ kind: 'tap', file }], OUTCOME, 0, folder)

  it('makes the folders on the way, and leaves nothing else', async () => {
    assert.deepEqual(await write('a/b/r.tap'), [])
    assert.equal(await readFile(join(folder, 'a/b/r.tap'), 'utf8'), TAP)
    assert.deepEqual(await readdir(join(folder, 'a/b')), ['r.tap'])
  })

  it('replaces what a link leads to, not the link', async () => {
    await writeFile(join(folder, 'old.tap'), 'old')
    await symlink('old.tap', join(folder, 'link.tap'))
    assert.deepEqual(await write('link.tap'), [])
    assert.equal(await readFile(join(folder, 'old.tap'), 'utf8'), TAP)
    assert.ok((await lstat(join(folder, 'link.tap'))).isSymbolicLink())
  })

  it('writes into a pipe, which stays one', async function () {
    if (process.platform === 'win32') this.skip()
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const [problems, text] = await Promise.all([write('pipe'), readFile(pipe, 'utf8')])
    assert.deepEqual([problems, text], [[], TAP])
    assert.ok((await lstat(pipe)).isFIFO())
  })

  it('writes behind what is in the file that is the output', async function () {
    if (process.platform === 'win32') this.skip()
    const file = await open(join(folder, 'out.txt'), 'w')
    try {
      await file.write('told before\n')
      assert.deepEqual(await write(`/dev/fd/${file.fd}`), [])
      assert.equal(await readFile(join(folder, 'out.txt'), 'utf8'), `told before\n${TAP}`)
    } finally {
      await file.close()
    }
  })

  it('says what it could not write, in words', async () => {
    await writeFile(join(folder, 'file'), '')
    await mkdir(join(folder, 'folder'))
    assert.deepEqual(
      [
        ...(await write('folder')),
        ...(await write('file/r.tap')),
        ...(await write('x'.repeat(300))),
      ],
      [
        '--report tap: folder cannot be written: it is a folder.',
        '--report tap: file/r.tap cannot be written: a part of its path is a file, not a folder.',
        `--report tap: ${'x'.repeat(300)} cannot be written: its name is too long.`,
      ],
    )
  })
})
