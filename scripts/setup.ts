/**
 * Everything the tests and `npm start` need that is not a package: Kafka's jars, an editor, a
 * browser. What is there already is not touched, so a second time costs almost nothing.
 */
import { ensureKafkaJars } from './setup-kafka.ts'
import { ensureBrowser, ensureEditor } from './setup-editor.ts'

const windows = process.platform === 'win32'

const NEEDS: Record<string, readonly (keyof typeof PARTS)[]> = {
  broker: ['kafka'],
  // On Windows the suites skip what wants a broker, and a desktop editor needs no browser.
  editor: windows ? ['editor'] : ['kafka', 'editor', 'browser'],
  browser: ['kafka', 'editor', 'browser'],
}

const PARTS = {
  kafka: () => ensureKafkaJars(undefined, { log: console.log }),
  editor: () => ensureEditor({ log: console.log }),
  browser: () => ensureBrowser({ log: console.log }),
}

/** Sets up what these stages need; rejects with words when something cannot be had. */
export async function setUp(stages: readonly string[]): Promise<void> {
  const parts = new Set(stages.flatMap(stage => NEEDS[stage] ?? []))
  for (const part of parts) await PARTS[part]()
}

if (import.meta.main) await setUp(Object.keys(NEEDS))
