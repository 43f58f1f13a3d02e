import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import * as vscode from 'vscode'
import { wouldBeTaken } from '../../src/vscode/environments/ignorePrivate.ts'
import { until } from './extension.ts'
import { kafkaFolder, statuses } from './kafkaFolder.ts'
import { person, type Answers, type Person } from './person.ts'

/** What a run asks before it does something, and what it remembers of the answers. */
describe('a run that asks', () => {
  const { topic, parts, uri, write, show, results, shown, written } = kafkaFolder('asking-suite')
  const FILE = { kind: 'file', blocks: [] } as const
  const block = (index: number) => ({ kind: 'block', blocks: [index] }) as const
  let somebody: Person | undefined

  function answering(answers: Answers): Person {
    somebody?.leave()
    somebody = person(answers)
    return somebody
  }

  afterEach(() => {
    somebody?.leave()
    somebody = undefined
  })

  describe('on a protected cluster', () => {
    const producer = (label: string) => `PRODUCER ${label}\ntopic: ${topic}\nkey: a\nx\n###\n`
    const choose = async () => {
      await parts().clusters.select(parts().clusters.find('prod')?.id)
    }

    it('says what it would send, and sends nothing when that is cancelled', async () => {
      await choose()
      const { document } = await show('one.kafka', `${producer('p')}EXPECT\ntopic: ${topic}\n`)
      const before = await written()
      const { messages } = answering({})
      const ended = await results(document, FILE)
      assert.deepEqual(messages, [`"prod" is protected. Confirm to send 1 record to "${topic}".`])
      assert.deepEqual(
        ended.map(({ status, problem }) => [status, problem?.code]),
        [
          ['stopped', 'cancelled'],
          ['stopped', 'stopped'],
        ],
      )
      assert.equal(await written(), before)
    })

    it('tells no more of a question that was cancelled than what stands at the block', async () => {
      await choose()
      const { document } = await show('quiet.kafka', producer('p'))
      const { messages } = answering({})
      await vscode.commands.executeCommand('kafkaWorkbench.produceRecord')
      assert.equal(messages.length, 1)
      const { tone, text } = shown(document, 0) ?? {}
      assert.deepEqual([tone, text], ['good', '– not sent: cancelled'])
    })

    it('sends when that is confirmed, ten of them with one question', async () => {
      await choose()
      await show('ten.kafka', producer('p'))
      const before = await written()
      const { messages } = answering({ button: () => 'Confirm' })
      await vscode.commands.executeCommand('kafkaWorkbench.produceRecords10')
      assert.deepEqual(messages, [`"prod" is protected. Confirm to send 10 records to "${topic}".`])
      assert.equal(await written(), before + 10)
    })

    it('asks once for all that a file writes', async () => {
      await choose()
      const text = [
        `TOPIC\ntopic: ${topic}\n`,
        producer('p'),
        `PRODUCER q\ntopic: ${topic}-{{p.partition}}\nrecord-count: 3\nx\n###\n`,
        `PRODUCER\n-- @skip not now\ntopic: elsewhere\nx\n###\n`,
        `PRODUCER\n-- @cluster The Cluster\ntopic: ${topic}\nx\n###\n`,
        `EXPECT\ntopic: ${topic}\nkey: a\n`,
      ].join('')
      const { document } = await show('all.kafka', text)
      const { messages } = answering({ button: () => 'Confirm' })
      const ended = await results(document, FILE)
      assert.deepEqual(messages, [
        `"prod" is protected. Confirm to make sure of topic "${topic}", and send 4 records to "${topic}" and "${topic}-{{p.partition}}".`,
      ])
      assert.deepEqual(
        ended.map(({ status }) => status),
        ['passed', 'passed', 'passed', 'skipped', 'passed', 'passed'],
        statuses(ended).join('\n'),
      )
      await results(document, FILE)
      assert.equal(messages.length, 2, 'each run asks')
    })
  })

  describe('for a value', () => {
    it('sends nothing without an answer, which is no failure', async () => {
      const { document } = await show(
        'cancelled.kafka',
        `PRODUCER\ntopic: ${topic}\nx\n###\nPRODUCER\ntopic: ${topic}\nkey: {{$prompt customer}}\nx\n`,
      )
      const before = await written()
      const { messages, inputs } = answering({})
      await vscode.commands.executeCommand('kafkaWorkbench.runFile', placeOf(document))
      assert.deepEqual(
        inputs.map(({ title, prompt, password }) => [title, prompt, password]),
        [['customer', 'Asked for by asking-suite/cancelled.kafka.', undefined]],
      )
      assert.equal(await written(), before)
      assert.equal(shown(document, 1)?.text, '– not sent: cancelled')
      assert.notEqual(shown(document, 0)?.tone, 'bad')
      assert.deepEqual(messages, [], 'who cancelled knows it')
    })

    it('asks once in a run, and again in the next one, with the answer that was given', async () => {
      const { document } = await show(
        'again.kafka',
        `PRODUCER p\ntopic: ${topic}\nkey: {{$prompt customer}}\nheader: h = {{$prompt customer}}\n{{$prompt customer}}\n`,
      )
      const { inputs } = answering({ input: () => 'Ann' })
      assert.deepEqual(statuses(await results(document, block(0), { times: 3 })), ['0 passed'])
      assert.deepEqual(
        inputs.map(({ value }) => value),
        [undefined],
      )
      assert.deepEqual(statuses(await results(document, block(0))), ['0 passed'])
      assert.deepEqual(
        inputs.map(({ value }) => value),
        [undefined, 'Ann'],
      )
    })

    it('hides what is typed where it asks for a password', async () => {
      const { document } = await show(
        'hidden.kafka',
        `PRODUCER\ntopic: ${topic}\n{{$prompt Password}}\n`,
      )
      const { inputs } = answering({})
      await results(document, block(0))
      assert.deepEqual(
        inputs.map(({ title, password }) => [title, password]),
        [['Password', true]],
      )
    })

    it('asks for what a variable holds once in a session', async () => {
      const { document } = await show(
        'variable.kafka',
        `@who = {{$prompt customer}}\nPRODUCER\ntopic: ${topic}\nkey: {{who}}\nx\n###\nEXPECT\ntopic: ${topic}\nkey: {{who}}\n`,
      )
      const { inputs } = answering({ input: () => `Bea-${Date.now()}` })
      assert.deepEqual(statuses(await results(document, block(0))), ['0 passed'])
      assert.deepEqual(statuses(await results(document, block(1))), ['1 passed'])
      assert.equal(inputs.length, 1)
      await vscode.commands.executeCommand('kafkaWorkbench.newSession', placeOf(document))
      await results(document, block(0))
      assert.equal(inputs.length, 2)
    })
  })

  describe('for a secret', () => {
    const text = () => `PRODUCER\ntopic: ${topic}\nkey: {{$secret asking-token}}\nx\n`
    const forget = () => vscode.commands.executeCommand('kafkaWorkbench.forgetFileSecrets')
    const passwords = ({ inputs }: Person) => inputs.filter(({ password }) => password).length

    it('keeps it until it is forgotten, also for a session that goes on', async () => {
      const { document } = await show('secret.kafka', text())
      const one = answering({ input: () => 's3cr3t-of-asking' })
      assert.deepEqual(statuses(await results(document, block(0))), ['0 passed'])
      assert.deepEqual(statuses(await results(document, FILE)), ['0 passed'])
      assert.equal(passwords(one), 1)
      await forget()
      assert.match(one.messages.join(), /1 secret was forgotten\. Files that need one ask again\./)
      assert.deepEqual(statuses(await results(document, block(0))), ['0 passed'])
      assert.equal(passwords(one), 2)
      await forget()
    })

    it('sends nothing without it', async () => {
      const { document } = await show('no-secret.kafka', text())
      const before = await written()
      answering({})
      const [result] = await results(document, block(0))
      assert.deepEqual([result?.status, result?.problem?.code], ['stopped', 'cancelled'])
      assert.equal(await written(), before)
    })
  })

  it('for the environment is told which there are, and which is chosen', async () => {
    await write('kafka.env.json', JSON.stringify({ $shared: {}, local: {}, test: {} }))
    const { document } = await show('environment.kafka', `PRODUCER\ntopic: ${topic}\n{{$env X}}\n`)
    const asked = answering({ pick: () => 'test' })
    const choose = () => vscode.commands.executeCommand('kafkaWorkbench.selectEnvironment')
    await choose()
    assert.deepEqual(asked.picks, [['No environment', 'local', 'test']])
    assert.equal(parts().environments.chosen.of(document.uri), 'test')
    answering({})
    await choose()
    assert.equal(parts().environments.chosen.of(document.uri), 'test', 'Escape keeps it')
    answering({ pick: () => 'No environment' })
    await choose()
    assert.equal(parts().environments.chosen.of(document.uri), undefined)
    await vscode.workspace.fs.delete(uri('kafka.env.json'))
  })

  it('for a private file that git would take offers once to ignore it', async function () {
    const git = (...args: string[]) => promisify(execFile)('git', args, { cwd: uri().fsPath })
    await write('kafka.private.env.json', '{"$shared": {"hidden": "x"}}')
    // The editor's own git would be surprised when the repository goes away.
    const settings = vscode.workspace.getConfiguration('git')
    await settings.update('enabled', false)
    const isThere = await git('init', '--quiet').then(
      () => true,
      () => false,
    )
    if (!isThere) {
      this.skip()
      return
    }
    const ignoring = uri('.gitignore')
    const asked = answering({ button: (_, [first]) => first })
    try {
      await show('private.kafka', `PRODUCER\ntopic: ${topic}\nkey: {{hidden}}\nx\n`)
      const text = await until('an entry', async () => {
        const bytes = await vscode.workspace.fs.readFile(ignoring).then(undefined, () => undefined)
        return bytes && Buffer.from(bytes).toString()
      })
      assert.equal(text, 'kafka.private.env.json\n')
      assert.deepEqual(asked.messages, [
        'kafka.private.env.json holds values that are kept to oneself, and git does not ignore it.',
      ])
      assert.equal(await wouldBeTaken(uri('kafka.private.env.json')), false)
      await vscode.workspace.fs.delete(ignoring)
      await show('private-too.kafka', `PRODUCER\ntopic: ${topic}\nkey: {{hidden}}\nx\n`)
      await results(await vscode.workspace.openTextDocument(uri('private-too.kafka')), FILE)
      assert.equal(asked.messages.length, 1)
    } finally {
      await vscode.workspace.fs.delete(uri('.git'), { recursive: true })
      await settings.update('enabled', undefined)
      await vscode.workspace.fs.delete(uri('kafka.private.env.json'))
    }
  })

  it('for nothing tells why nothing ran', async () => {
    const { document } = await show(
      'nothing.kafka',
      `PRODUCER\n-- @skip not before Monday\ntopic: ${topic}\nx\n###\nCONSUMER\ntopic: ${topic}\n`,
    )
    const { messages } = answering({})
    await vscode.commands.executeCommand('kafkaWorkbench.runFile', placeOf(document))
    assert.deepEqual(messages, ['Nothing ran: not before Monday'])
  })

  function placeOf(document: vscode.TextDocument) {
    return { uri: document.uri.toString(), line: 0 }
  }
})
