import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import type { Cluster, OutgoingRecord } from '../../src/kafka/cluster.ts'
import { until } from './extension.ts'
import { kafkaFolder } from './kafkaFolder.ts'

describe('services of a .kafka document', () => {
  const { topic: TOPIC, parts, write, show } = kafkaFolder('services-suite')

  const connected = async (): Promise<Cluster> =>
    parts().clusters.connect(parts().clusters.find('The Cluster')?.id ?? '')

  async function send(topic: string, ...records: Partial<OutgoingRecord>[]): Promise<void> {
    const outcomes = await (
      await connected()
    ).produce({
      topic,
      records: records.map(record => ({ key: null, value: null, headers: [], ...record })),
    })
    assert.ok(outcomes.every(({ problem }) => problem === undefined))
  }

  const bytes = (text: string) => new TextEncoder().encode(text)

  /** The place of a text in a document, or of the `|` within it. */
  function placeOf(document: vscode.TextDocument, marked: string): vscode.Position {
    const caret = Math.max(0, marked.indexOf('|'))
    const at = document.getText().indexOf(marked.replace('|', ''))
    assert.ok(at >= 0, marked)
    return document.positionAt(at + caret)
  }

  async function ask<T>(
    command: string,
    document: vscode.TextDocument,
    ...args: unknown[]
  ): Promise<T> {
    return vscode.commands.executeCommand<T>(command, document.uri, ...args)
  }

  async function offered(document: vscode.TextDocument, marked: string): Promise<string[]> {
    const { items } = await ask<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document,
      placeOf(document, marked),
    )
    return items.map(({ label }) => (typeof label === 'string' ? label : label.label))
  }

  async function hovered(document: vscode.TextDocument, marked: string): Promise<string> {
    const hovers = await ask<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document,
      placeOf(document, marked),
    )
    return hovers
      .flatMap(({ contents }) => contents)
      .map(content => (content instanceof vscode.MarkdownString ? content.value : ''))
      .join('\n')
  }

  function found(document: vscode.TextDocument): string[] {
    return vscode.languages
      .getDiagnostics(document.uri)
      .map(({ range, code }) => `${range.start.line} ${typeof code === 'string' ? code : '?'}`)
  }

  it('are the outline, folding and colours of what the parser reads', async () => {
    const { document } = await show(
      'outline.kafka',
      '@x = 1\n### First\nPRODUCER\ntopic: a\nkey: {{x}}\n{}\n\n###\nEXPECT GROUP g\nassert: lag == 0\n',
    )
    const symbols = await ask<vscode.DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      document,
    )
    assert.deepEqual(
      symbols.map(({ name, detail }) => [name, detail]),
      [
        ['@x', '1'],
        ['First', 'a'],
        ['EXPECT GROUP g', ''],
      ],
    )
    const folds = await ask<vscode.FoldingRange[]>('vscode.executeFoldingRangeProvider', document)
    assert.deepEqual(
      folds.map(({ start, end }) => [start, end]),
      [
        [2, 5],
        [8, 9],
      ],
    )
    const tokens = await ask<vscode.SemanticTokens>(
      'vscode.provideDocumentSemanticTokens',
      document,
    )
    assert.equal(tokens.data.length % 5, 0)
    assert.ok(tokens.data.length >= 5 * 10)
  })

  it('tell the values of the environment that a block names, secrets hidden', async () => {
    await write(
      'kafka.env.json',
      '{"$shared": {"host": "all"}, "dev": {"host": "one"}, "ci": {"only": "there"}}',
    )
    await write('kafka.private.env.json', '{"dev": {"token": "canary"}}')
    const { document } = await show(
      'environment.kafka',
      'PRODUCER\n-- @env dev\ntopic: a\nkey: {{host}} {{token}}\nx\n###\nPRODUCER\n-- @env ci\ntopic: a\nkey: {{host}} {{only}} {{token}}\nx\n###\nPRODUCER\ntopic: a\n{{only}}\n###\nCONSUMER\n-- @env dve\ntopic: a\n',
    )
    await until('names are looked up in the files of environments', () => {
      const names = found(document).filter(problem => problem.endsWith('K301'))
      return names.join() === '9 K301,14 K301,17 K301'
    })
    assert.match(await hovered(document, 'key: {{ho|st}} {{token}}\n'), /`host` = `one`/)
    assert.match(await hovered(document, 'key: {{ho|st}} {{only}}'), /`host` = `all`/)
    const secret = await hovered(document, '{{host}} {{to|ken}}\n')
    assert.match(secret, /`token` = `\*\*\*`[^]*kafka.private.env.json/)
    assert.ok(!secret.includes('canary'))
    assert.ok((await offered(document, '-- @env d|ve')).includes('ci'))
    const names = await offered(document, 'key: {{host|}} {{only}}')
    assert.ok(names.includes('only') && !names.includes('token'))
  })

  it('tell what schemas say, and follow them when they change', async () => {
    await write('order.json', '{"properties": {"id": {"type": "integer"}}}')
    const { document } = await show(
      'schema.kafka',
      'PRODUCER\ntopic: a\nvalue-format: json\nvalue-schema: file(order.json)\n{ "id": "1", "" : 2 }\n###\nPRODUCER\ntopic: a\nvalue-format: json\nvalue-schema: file(gone.json)\n{}\n',
    )
    await until('the schemas are read', () => found(document).length === 2)
    assert.deepEqual(found(document).sort(), ['4 K211', '9 K212'])
    assert.ok((await offered(document, '"1", "|"')).includes('id'))
    await write('order.json', '{"properties": {"id": {"type": "string"}}}')
    await write('gone.json', 'true')
    await until('nothing is wrong any more', () => found(document).length === 0)
  })

  it('learn fields, headers and ids of schemas from recent records', async () => {
    const framed = `${TOPIC}-framed`
    await (await connected()).createTopics([{ name: framed, partitions: 1 }])
    await send(framed, { value: Uint8Array.of(0, 0, 0, 0, 42, 2, 2) })
    await send(
      TOPIC,
      { value: bytes('{"orderId": "o-1", "items": [{"sku": "A"}]}'), partition: 0 },
      { headers: [['trace-id', bytes('t')]], partition: 2 },
    )
    const { document } = await show(
      'records.kafka',
      [
        'CONSUMER',
        `topic: ${TOPIC}`,
        'filter: value.',
        'filter: headers["',
        'EXPECT',
        `topic: ${TOPIC}`,
        '{ "items": [ { "" } ] }',
        'EXPECT',
        'topic: ',
        '###',
        'PRODUCER',
        `topic: ${framed}`,
        'value-format: json',
        '{}',
        '',
      ].join('\n'),
    )
    await connected()
    await until('topics are known', async () =>
      (await offered(document, 'topic: |\n')).includes(TOPIC),
    )
    const fields = await offered(document, 'filter: value.|')
    assert.ok(fields.includes('orderId') && fields.includes('items'), fields.join())
    assert.ok((await offered(document, 'filter: headers["|')).includes('trace-id'))
    assert.ok((await offered(document, '{ "|" }')).includes('sku'))
    await until('the id of a schema is seen', () => found(document).includes('12 K213'))
  })

  it('offer snippets where a block can begin', async () => {
    const { document } = await show('snippets.kafka', '###\n\n')
    const labels = await offered(document, '###\n|')
    for (const label of ['producer', 'consumer', 'PRODUCER', 'EXPECT'])
      assert.ok(labels.includes(label), labels.join())
  })

  it('offer quick fixes where the problem is', async () => {
    const { document } = await show('fixes.kafka', 'CONSUMER\ntopic: a\nform: 1\n')
    await until('the problem', () => found(document).includes('2 K110'))
    const actions = await ask<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document,
      new vscode.Range(2, 1, 2, 1),
    )
    const fix = actions.find(({ title }) => title === 'Replace with "from"')
    assert.ok(fix?.edit && fix.isPreferred)
    await vscode.workspace.applyEdit(fix.edit)
    assert.equal(document.lineAt(2).text, 'from: 1')
  })
})
