import { html, type TemplateResult } from 'lit'

/** A codicon by its name. Never the only sign of anything: a word stands beside it. */
export function icon(name: string, more = ''): TemplateResult {
  return html`<span class="codicon codicon-${name} ${more}" aria-hidden="true"></span>`
}
