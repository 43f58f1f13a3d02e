import { casesOf, type CaseOutcome, type TestCase } from './cases.ts'
import type { FileOutcome, RunOutcome } from './outcome.ts'

/**
 * A run as JUnit XML, valid against the schema of Jenkins (junit-10.xsd): a file is a `testsuite`, an
 * EXPECT a `testcase`. That schema has no attributes for a case's place, so the file is its
 * `classname`, and file, line and column stand in its `system-out`.
 */
export function junitReport({ files, milliseconds }: RunOutcome): string {
  const suites = files.map(file => ({ file, cases: casesOf(file) }))
  const totals = countsOf(suites.flatMap(({ cases }) => cases))
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    tag('testsuites', {
      name: 'kafkafile',
      tests: totals.tests,
      failures: totals.failures,
      errors: totals.errors,
      time: seconds(milliseconds),
    }),
    ...suites.flatMap(({ file, cases }) => suiteLines(file, cases)),
    '</testsuites>',
  ]
  return `${lines.join('\n')}\n`
}

function suiteLines(file: FileOutcome, cases: readonly TestCase[]): readonly string[] {
  const attributes = {
    name: file.file,
    ...countsOf(cases),
    time: seconds(file.milliseconds),
    timestamp: new Date(file.startedAt).toISOString(),
    file: file.file,
  }
  return [`  ${tag('testsuite', attributes)}`, ...cases.flatMap(caseLines), '  </testsuite>']
}

function caseLines({
  name,
  file,
  line,
  column,
  milliseconds,
  outcome,
}: TestCase): readonly string[] {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`
  const numbers = outcome.kind === 'passed' ? `  ${outcome.numbers}` : ''
  return [
    `    ${tag('testcase', { name, classname: file, time: seconds(milliseconds) })}`,
    ...outcomeLines(outcome),
    `      <system-out>${escaped(place + numbers)}</system-out>`,
    '    </testcase>',
  ]
}

function outcomeLines(outcome: CaseOutcome): readonly string[] {
  switch (outcome.kind) {
    case 'passed':
      return []
    case 'skipped':
      return [`      ${tag('skipped', { message: outcome.reason }, '/')}`]
    case 'failure':
    case 'error': {
      const { kind, code, message, text } = outcome
      return [`      ${tag(kind, { type: code, message })}${escaped(text)}</${kind}>`]
    }
  }
}

function countsOf(cases: readonly TestCase[]) {
  const of = (kind: CaseOutcome['kind']) => cases.filter(each => each.outcome.kind === kind).length
  return {
    tests: cases.length,
    failures: of('failure'),
    errors: of('error'),
    skipped: of('skipped'),
  }
}

function seconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(3)
}

function tag(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  end: '' | '/' = '',
): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escaped(String(value)).replaceAll(/[\t\n\r]/g, code)}"`,
  )
  return `<${name}${written.join('')}${end}>`
}

/** As a reference, white space stays what it is in an attribute. */
function code(character: string): string {
  return `&#${character.charCodeAt(0)};`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
}

/** Not allowed in XML 1.0, not even as references: controls, lone surrogates, U+FFFE, U+FFFF. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

function escaped(text: string): string {
  return text
    .replaceAll(NOT_XML, '\ufffd')
    .replaceAll(/[&<>"\r]/g, found => ENTITIES[found] ?? found)
}
