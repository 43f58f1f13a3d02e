import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const ENTRY = join(import.meta.dirname, '../../src/cli/kafkafile.ts')

describe('kafkafile that is told to end', function () {
  this.timeout(60_000)
  let folder: string
  let server: Server
  let child: ChildProcess
  const sockets = new Set<Socket>()

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kafkafile-'))
    // It takes connections, and never says a word.
    server = createServer(socket => sockets.add(socket.on('error', () => undefined))).listen(0)
    await once(server, 'listening')
  })

  afterEach(async () => {
    child.kill('SIGKILL')
    for (const socket of sockets) socket.destroy()
    server.close()
    await rm(folder, { recursive: true, force: true })
  })

  function start(...args: readonly string[]): Promise<unknown[]> {
    const { port } = server.address() as AddressInfo
    const all = [ENTRY, ...args, '--brokers', `127.0.0.1:${port}`]
    child = spawn(process.execPath, all, { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] })
    return once(child, 'exit')
  }

  const EXITS = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const

  for (const [signal, exit] of EXITS) {
    it(`ends with ${exit} at ${signal}, with its reports written`, async () => {
      await writeFile(join(folder, 'a.kafka'), 'PRODUCER\ntopic: a\nv\n')
      const connected = once(server, 'connection')
      const ended = start('run', 'a.kafka', '--report', 'json=r.json')
      await connected
      child.kill(signal)
      assert.deepEqual(await ended, [exit, null])
      const report = await readFile(join(folder, 'r.json'), 'utf8')
      assert.match(report, /The run was interrupted\./)
      assert.match(report, new RegExp(`"exitCode": ${exit},`))
    })
  }

  it('ends at the first signal also while it reads standard input', async () => {
    const ended = start('run', '-', '--report', 'json=r.json')
    if (child.stdout) await once(child.stdout, 'data')
    child.kill('SIGINT')
    assert.deepEqual(await ended, [130, null])
    assert.match(await readFile(join(folder, 'r.json'), 'utf8'), /It was not run\. The run was int/)
  })

  it('ends with its time also while it reads standard input', async () => {
    assert.deepEqual(await start('run', '-', '--timeout', '100ms'), [3, null])
  })

  it('ends also when it is told again and again', async () => {
    const ended = start('run', '-')
    // The name of the file is told before it is read, and standard input does not end.
    if (child.stdout) await once(child.stdout, 'data')
    while (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await delay(20)
    }
    assert.deepEqual(await ended, [143, null])
  })
})
