/** The command line as it ships, in a folder of its own. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { hostOptions } from '../build.ts'
import { root } from '../stages.ts'

/** Its path. */
export async function bundleKafkafile(folder: string): Promise<string> {
  const entries = { kafkafile: 'src/cli/kafkafile.ts', reader: 'src/reading/worker.ts' }
  await build({ ...hostOptions(entries, folder), absWorkingDir: root })
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  return join(folder, 'kafkafile.js')
}
