import assert from 'node:assert/strict'
import {
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProblemError } from '../../src/base/problem.ts'
import { runFiles } from '../../src/cli/runFiles.ts'
import { nearest, workspaceOf } from '../../src/cli/workspace.ts'
import type { RunFiles } from '../../src/run/ports.ts'

describe('Files that a .kafka file names, on the command line', () => {
  let outer = ''
  let root = ''
  let files: RunFiles
  const { signal } = new AbortController()

  before(async () => {
    outer = await realpath(await mkdtemp(join(tmpdir(), 'kafkafile-')))
    root = join(outer, 'repo')
    await mkdir(join(root, 'tests', 'deep'), { recursive: true })
    await mkdir(join(root, '.git'))
    await writeFile(join(outer, 'secret.txt'), 'outside')
    await writeFile(join(root, 'data.csv'), 'a,b\n1,2\n')
    await writeFile(join(root, 'tests', 'kafka.env.json'), '{}')
    await symlink(join(outer, 'secret.txt'), join(root, 'tests', 'link.txt'))
    await symlink(outer, join(root, 'tests', 'up'))
    files = runFiles(await workspaceOf(join(root, 'tests', 'deep'), outer))
  })

  after(() => rm(outer, { recursive: true, force: true }))

  const codeOf = (action: Promise<unknown>) =>
    action.then(
      () => 'done',
      (error: unknown) => (error instanceof ProblemError ? error.problem.code : 'not a problem'),
    )

  it('are read relative to it, in the folder with .git', async () => {
    assert.equal(await files.text('../../data.csv'), 'a,b\n1,2\n')
    assert.equal((await files.bytes('../../data.csv')).length, 8)
    let text = ''
    for await (const piece of files.stream('../../data.csv', signal))
      text += new TextDecoder().decode(piece)
    assert.equal(text, 'a,b\n1,2\n')
  })

  for (const name of ['../../../secret.txt', '../link.txt', '../up/secret.txt', '/etc/hostname']) {
    it(`are refused outside: ${name}`, async () => {
      assert.equal(await codeOf(files.text(name)), 'outside-workspace')
      assert.equal(await codeOf(files.bytes(name)), 'outside-workspace')
      const stream = files.stream(name, signal)[Symbol.asyncIterator]()
      assert.equal(await codeOf(stream.next()), 'outside-workspace')
      assert.equal(await codeOf(files.write(name)), 'outside-workspace')
    })
  }

  it('are not written through a link that leads outside', async () => {
    assert.equal(await codeOf(files.write('../up/new/file.txt')), 'outside-workspace')
    assert.deepEqual((await readdir(outer)).sort(), ['repo', 'secret.txt'])
  })

  it('say what is missing', async () => {
    assert.equal(await codeOf(files.text('nothing.txt')), 'unreadable')
    const stream = files.stream('nothing.txt', signal)[Symbol.asyncIterator]()
    assert.equal(await codeOf(stream.next()), 'unreadable')
    assert.equal(await codeOf(files.text('.')), 'unreadable')
  })

  it('say in words why they cannot be read or written', async () => {
    await symlink('circle', join(root, 'tests', 'deep', 'circle'))
    const circle = /^"circle" cannot be read: its links lead in a circle\./
    const inFile = /cannot be written: a part of its path is a file, not a folder\.$/
    await assert.rejects(files.text('.'), { message: /^"\." cannot be read: it is a folder\./ })
    await assert.rejects(files.text('circle'), { message: circle })
    await assert.rejects(files.write('../../data.csv/x'), { message: inFile })
  })

  it('are replaced when they are whole, and left as they were when discarded', async () => {
    const target = join(root, 'tests', 'deep', 'out', 'result.txt')
    const first = await files.write('out/result.txt')
    await first.write(new TextEncoder().encode('one '))
    await first.write(new TextEncoder().encode('two'))
    await assert.rejects(readFile(target))
    await first.close()
    assert.equal(await readFile(target, 'utf8'), 'one two')
    const second = await files.write('out/result.txt')
    await second.write(new TextEncoder().encode('three'))
    await second.discard()
    assert.equal(await readFile(target, 'utf8'), 'one two')
    assert.deepEqual(await readdir(join(target, '..')), ['result.txt'])
  })

  it('are found in the nearest folder, up to the workspace', async () => {
    const workspace = await workspaceOf(join(root, 'tests', 'deep'), outer)
    assert.equal(
      (await nearest(workspace, 'kafka.env.json'))?.file,
      join(root, 'tests', 'kafka.env.json'),
    )
    assert.equal(await nearest(workspace, 'secret.txt'), undefined)
  })

  it('have a workspace also without .git', async () => {
    const plain = join(outer, 'plain', 'sub')
    await mkdir(plain, { recursive: true })
    assert.equal((await workspaceOf(plain, outer)).root, outer)
    assert.equal((await workspaceOf(plain, root)).root, plain)
    await writeFile(join(outer, 'plain', 'kafka.env.json'), '{}')
    assert.equal((await workspaceOf(plain, outer)).root, join(outer, 'plain'))
    await rm(join(outer, 'plain'), { recursive: true })
  })
})
