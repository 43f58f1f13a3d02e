/**
 * Everything the tests and `npm start` need that is not a package: Kafka's jars, an editor, a
 * browser. What is there already is not touched, so a second time costs almost nothing.
 */
import { onPath } from './editor/places.ts'
import { installSystemPackage } from './editor/systemPackage.ts'
import { ensureKafkaJars } from './setup-kafka.ts'
import { ensureBrowser, ensureEditor } from './setup-editor.ts'

const windows = process.platform === 'win32'

const NEEDS: Record<string, readonly (keyof typeof PARTS)[]> = {
  broker: ['kafka', 'kcat'],
  // On Windows the suites skip what wants a broker, and a desktop editor needs no browser.
  editor: windows ? ['editor'] : ['kafka', 'editor', 'browser'],
  browser: ['kafka', 'editor', 'browser'],
}

const PARTS = {
  kafka: () => ensureKafkaJars(undefined, { log: console.log }),
  kcat: ensureKcat,
  editor: () => ensureEditor({ log: console.log }),
  browser: () => ensureBrowser({ log: console.log }),
}

/** The independent client of some broker tests, which are skipped where it cannot be had. */
async function ensureKcat(): Promise<void> {
  if (onPath('kcat') !== undefined) return
  console.log('Installing kcat…')
  await installSystemPackage('kcat').catch((error: unknown) => {
    console.log(`No kcat (${error instanceof Error ? error.message : String(error)}).`)
  })
}

/** Sets up what these stages need; rejects with words when something cannot be had. */
export async function setUp(stages: readonly string[]): Promise<void> {
  const parts = new Set(stages.flatMap(stage => NEEDS[stage] ?? []))
  for (const part of parts) await PARTS[part]()
}

if (import.meta.main) await setUp(Object.keys(NEEDS))
