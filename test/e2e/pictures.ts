import type { Theme, Workbench } from './workbench.ts'

const THEMES: readonly Theme[] = ['light', 'high-contrast', 'dark']

/** Pictures of what is shown now in each theme, and in a narrow window. Ends as it began. */
export async function lookAround(workbench: Workbench, name: string): Promise<void> {
  await workbench.tidy()
  await workbench.screenshot(`${name}-dark`)
  await workbench.resize(900)
  await workbench.screenshot(`${name}-narrow`)
  await workbench.resize(1440)
  for (const theme of THEMES) {
    await workbench.theme(theme)
    if (theme !== 'dark') await workbench.screenshot(`${name}-${theme}`)
  }
}
