import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  claimState,
  dropStale,
  dropState,
  readState,
  stateFileOf,
  updateState,
} from '../../src/local/stateFile.ts'

const first = { pid: 1, port: 1001, token: 'first' }
const second = { pid: 2, port: 1002, token: 'second' }

describe('the state file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kafka-workbench-'))
  const file = stateFileOf(folder)
  beforeEach(() => rmSync(file, { force: true }))
  after(() => rmSync(folder, { recursive: true }))

  it('belongs to the first that claims it', async () => {
    assert.deepEqual([await claimState(file, first), await claimState(file, second)], [true, false])
    assert.deepEqual(await readState(file), first)
  })

  it('says more once Kafka runs', async () => {
    await claimState(file, first)
    await updateState(file, { ...first, bootstrapServers: 'localhost:9092' })
    assert.equal((await readState(file))?.bootstrapServers, 'localhost:9092')
  })

  it('is dropped by its owner only', async () => {
    await claimState(file, first)
    await dropState(file, 'second')
    assert.deepEqual(await readState(file), first)
    await dropState(file, 'first')
    assert.equal(await readState(file), undefined)
  })

  it('is removed when stale, but not when another has replaced it meanwhile', async () => {
    await claimState(file, first)
    await dropStale(file, first)
    assert.equal(await readState(file), undefined)
    await claimState(file, second)
    await dropStale(file, first)
    assert.deepEqual(await readState(file), second)
  })

  for (const garbage of ['', 'null', '[]', '{"pid":"1"}', '{"pid":1,"port":2', '\u0000']) {
    it(`is none when it holds ${JSON.stringify(garbage)}, and can be claimed anew`, async () => {
      writeFileSync(file, garbage)
      assert.equal(await readState(file), undefined)
      await dropStale(file, undefined)
      assert.equal(await claimState(file, first), true)
      assert.deepEqual(readdirSync(folder), [file.slice(folder.length + 1)])
    })
  }
})
