import { count } from '../../lag/format.ts'
import type { FilterCheck, KeptFilter, MessagesState } from '../../protocol/messages.ts'
import { openMenu, type MenuEntry, type MenuItem } from '../kit/menu.ts'
import { completionAt, nearest, unknownFields, type Completion } from './fields.ts'
import { piecesOf, tokensOf, type Mark, type Piece } from './tokens.ts'

/** Ms without a key before the host is asked what the text is. */
const CHECK_AFTER = 120
/** Ms without a key before anything is said about it. */
const TELL_AFTER = 700
const PLACEHOLDER = 'Text, or an expression such as value.amount > 100'

export interface FilterOptions {
  check(text: string): Promise<FilterCheck>
  run(text: string): void
  save(text: string, name: string): void
  forget(text: string, saved: boolean): void
  /** Out of the field, to the rows. */
  onLeave(): void
}

interface Note {
  readonly tone: 'bad' | 'warn'
  readonly text: string
  /** Column below which it stands. */
  readonly at: number
  readonly use?: { readonly label: string; readonly run: () => void }
}

/** Fields that are offered, and the one that was gone to; -1: none. */
interface Offered extends Completion {
  readonly at: number
}

/** The one line in which a filter is written: coloured, checked, with its history. */
export class FilterField {
  readonly element = document.createElement('div')
  readonly #options: FilterOptions
  readonly #input = document.createElement('input')
  readonly #mirror = element('div', 'mirror')
  readonly #field = element('div', 'field')
  readonly #kind = element('span', 'kind hide2')
  readonly #clear = button('close', 'Clear (Escape)')
  readonly #history = button('history', 'Filters that ran, and saved ones (Up)')
  readonly #bookmark = button('bookmark', 'Save this filter')
  readonly #note = element('div', 'filter-note')
  readonly #list = element('ul', 'menu completion')
  #state: Pick<MessagesState, 'filter' | 'filters' | 'fields'> = {
    filter: '',
    filters: { history: [], saved: [] },
    fields: [],
  }
  #check: { readonly text: string; readonly check: FilterCheck } = {
    text: '',
    check: { kind: 'none' },
  }
  #timer: number | undefined
  #telling: number | undefined
  #completion: Offered | undefined

  constructor(options: FilterOptions) {
    this.#options = options
    this.#build()
    this.#listen()
    this.#paint()
  }

  get text(): string {
    return this.#input.value
  }

  update(state: MessagesState): void {
    const before = this.#state
    this.#state = state
    // What is being written is not overwritten by what ran before.
    if (state.filter !== before.filter && this.text === before.filter) this.#set(state.filter)
    else if (state.filter !== before.filter || state.fields.length !== before.fields.length)
      this.#paint()
    this.#paintBookmark()
  }

  /** Twice does no more than once: the page and the editor both hear Ctrl+F, and one types on. */
  focus(): void {
    if (document.activeElement === this.#input) return
    this.#input.focus()
    this.#input.select()
  }

  /** Another text, as if it was typed and run. */
  use(text: string): void {
    this.#set(text)
    void this.#run()
  }

  #set(text: string): void {
    this.#input.value = text
    this.#changed()
  }

  #build(): void {
    this.element.className = 'filter'
    this.#input.spellcheck = false
    this.#input.autocomplete = 'off'
    this.#input.placeholder = PLACEHOLDER
    describe(this.#input, {
      role: 'combobox',
      'aria-label': 'Filter: text, or an expression',
      'aria-expanded': 'false',
      'aria-controls': 'completion',
      'aria-autocomplete': 'list',
      'aria-describedby': 'filter-note',
    })
    describe(this.#mirror, { 'aria-hidden': 'true' })
    describe(this.#list, { id: 'completion', role: 'listbox', 'aria-label': 'Fields' })
    describe(this.#history, { 'aria-haspopup': 'listbox' })
    describe(this.#note, { id: 'filter-note', role: 'status' })
    this.#note.hidden = true
    this.#list.hidden = true
    const expression = element('div', 'expr')
    expression.append(this.#mirror, this.#input)
    for (const each of [this.#clear, this.#bookmark]) each.classList.add('hide2')
    this.#field.append(
      element('span', 'codicon codicon-filter'),
      expression,
      this.#kind,
      this.#clear,
      this.#history,
      this.#bookmark,
    )
    this.element.append(this.#field, this.#note, this.#list)
  }

  #listen(): void {
    const input = this.#input
    input.addEventListener('input', () => {
      this.#changed()
      this.#complete()
    })
    input.addEventListener('keydown', event => {
      if (event.isComposing || !this.#onKey(event)) return
      event.preventDefault()
      event.stopPropagation()
    })
    input.addEventListener('scroll', () => {
      this.#align()
    })
    input.addEventListener('blur', () => {
      this.#endCompletion()
    })
    this.#clear.addEventListener('click', () => {
      this.#empty()
      input.focus()
    })
    this.#history.addEventListener('click', () => {
      this.#openHistory()
    })
    this.#bookmark.addEventListener('click', () => {
      this.#toggleSaved()
    })
    this.#list.addEventListener('pointerdown', event => {
      event.preventDefault()
      const index = [...this.#list.children].indexOf(
        (event.target as Element).closest('li') ?? this.#list,
      )
      if (index >= 0) this.#accept(index)
    })
  }

  #onKey(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false
    if (this.#completion && this.#onCompletionKey(event, this.#completion)) return true
    switch (event.key) {
      case 'Enter':
        void this.#run()
        return true
      case 'Escape':
        if (this.text === '' && this.#state.filter === '') this.#options.onLeave()
        else this.#empty()
        return true
      case 'ArrowUp':
        this.#openHistory()
        return true
      case 'ArrowDown':
        this.#options.onLeave()
        return true
      default:
        return false
    }
  }

  #onCompletionKey(event: KeyboardEvent, { words, at }: Offered): boolean {
    switch (event.key) {
      case 'ArrowDown':
        this.#highlight((at + 1) % words.length)
        return true
      case 'ArrowUp':
        this.#highlight(at <= 0 ? words.length - 1 : at - 1)
        return true
      case 'Tab':
        this.#accept(Math.max(0, at))
        return true
      case 'Enter':
        // Enter runs what stands there, unless a field was gone to.
        if (at >= 0) this.#accept(at)
        else this.#endCompletion()
        return at >= 0
      case 'Escape':
        this.#endCompletion()
        return true
      default:
        return false
    }
  }

  #changed(): void {
    this.#paint()
    this.#tell(undefined)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      void this.#look()
    }, CHECK_AFTER)
  }

  /** Asks the host what the text is. */
  async #look(): Promise<FilterCheck | undefined> {
    clearTimeout(this.#timer)
    const { text } = this
    if (text.trim() === '') this.#check = { text, check: { kind: 'none' } }
    else if (this.#check.text !== text)
      try {
        const check = await this.#options.check(text)
        if (text !== this.text) return undefined
        this.#check = { text, check }
      } catch {
        return undefined
      }
    this.#paint()
    clearTimeout(this.#telling)
    this.#telling = setTimeout(() => {
      this.#tellWhatIsWrong()
    }, TELL_AFTER)
    return this.#check.check
  }

  async #run(): Promise<void> {
    this.#endCompletion()
    const { text } = this
    const check = await this.#look()
    if (check?.kind === 'error') {
      this.#tellWhatIsWrong()
      this.#input.setSelectionRange(check.from, Math.max(check.from, check.to))
      return
    }
    if (text === this.text) this.#options.run(text.trim() === '' ? '' : text)
  }

  #empty(): void {
    this.#set('')
    if (this.#state.filter !== '') this.#options.run('')
  }

  #marks(): readonly Mark[] {
    const { text, check } = this.#check
    if (text !== this.text) return []
    if (check.kind === 'error') return [{ from: check.from, to: check.to, kind: 'error' }]
    if (check.kind !== 'expression') return []
    return unknownFields(check.paths, this.#state.fields).map(({ from, to }) => ({
      from,
      to,
      kind: 'unknown',
    }))
  }

  #paint(): void {
    const { text } = this
    const { check } = this.#check
    const tokens =
      check.kind === 'expression' || check.kind === 'error'
        ? tokensOf(text)
        : [{ kind: 'plain' as const, text }]
    this.#mirror.replaceChildren(...piecesOf(tokens, this.#marks()).map(pieceElement))
    this.#align()
    this.#clear.hidden = text === ''
    const ran = text.trim() === this.#state.filter.trim()
    const runs = ran || check.kind === 'error' ? '' : ' · Enter runs it'
    this.#kind.textContent = text.trim() === '' ? '' : KINDS[check.kind](check) + runs
    this.#kind.title = KIND_TITLES[check.kind]
    this.#input.setAttribute(
      'aria-invalid',
      String(check.kind === 'error' && text === this.#check.text),
    )
    this.#field.classList.toggle('invalid', check.kind === 'error' && text === this.#check.text)
    this.#paintBookmark()
  }

  #align(): void {
    this.#mirror.style.setProperty('--scrolled', `${-this.#input.scrollLeft}px`)
  }

  #paintBookmark(): void {
    const saved = this.#savedName()
    this.#bookmark.hidden = this.text.trim() === ''
    this.#bookmark.setAttribute('aria-pressed', String(saved !== undefined))
    const title = saved === undefined ? 'Save this filter' : `Saved as ${saved}; press to forget it`
    this.#bookmark.title = title
    this.#bookmark.setAttribute('aria-label', title)
  }

  #savedName(): string | undefined {
    return this.#state.filters.saved.find(({ text }) => text === this.text)?.name
  }

  #toggleSaved(): void {
    const { text } = this
    if (this.#savedName() !== undefined) this.#options.forget(text, true)
    else this.#askName(text)
  }

  /** A line under the field instead of a dialog. */
  #askName(text: string): void {
    const form = document.createElement('form')
    const label = document.createElement('label')
    const name = document.createElement('input')
    const save = element('button', 'btn')
    label.append('Name of the filter ', name)
    name.required = true
    name.value = text.slice(0, 40)
    save.textContent = 'Save'
    form.append(label, save)
    form.addEventListener('submit', event => {
      event.preventDefault()
      this.#tell(undefined)
      this.#input.focus()
      if (name.value.trim() !== '') this.#options.save(text, name.value.trim())
    })
    form.addEventListener('keydown', event => {
      if (event.key !== 'Escape') return
      event.stopPropagation()
      this.#tell(undefined)
      this.#input.focus()
    })
    this.#note.hidden = false
    this.#note.className = 'filter-note naming'
    this.#note.replaceChildren(form)
    name.select()
    name.focus()
  }

  #tellWhatIsWrong(): void {
    const { text, check } = this.#check
    if (text !== this.text || this.#note.classList.contains('naming')) return
    if (check.kind === 'error') {
      this.#tell({ tone: 'bad', text: check.message, at: check.from })
      return
    }
    const [unknown] =
      check.kind === 'expression' ? unknownFields(check.paths, this.#state.fields) : []
    if (!unknown) {
      this.#tell(undefined)
      return
    }
    const meant = nearest(unknown.path, this.#state.fields)
    this.#tell({
      tone: 'warn',
      text: `No record that was seen has ${unknown.path}.`,
      at: unknown.from,
      ...(meant !== undefined && {
        use: {
          label: `Use ${meant}`,
          run: () => {
            this.#set(text.slice(0, unknown.from) + meant + text.slice(unknown.to))
            this.#input.focus()
          },
        },
      }),
    })
  }

  #tell(note: Note | undefined): void {
    clearTimeout(this.#telling)
    this.#note.hidden = note === undefined
    if (!note) {
      this.#note.className = 'filter-note'
      this.#note.replaceChildren()
      return
    }
    const sign = element(
      'span',
      `codicon codicon-${note.tone === 'bad' ? 'error' : 'warning'} ${note.tone}`,
    )
    const words = element('span', 'cut')
    words.textContent = note.text
    this.#note.className = `filter-note ${note.tone}`
    this.#note.style.setProperty('--at', `${note.at}ch`)
    this.#note.replaceChildren(element('i', 'point'), sign, words)
    if (!note.use) return
    const use = element('button', 'link')
    use.textContent = note.use.label
    use.addEventListener('click', note.use.run)
    this.#note.append(use)
  }

  #openHistory(): void {
    this.#endCompletion()
    openMenu(this.#field, {
      label: 'Filters',
      role: 'listbox',
      wide: true,
      entries: () => this.#historyEntries(),
    })
  }

  #historyEntries(): readonly MenuEntry[] {
    const { history, saved } = this.#state.filters
    const entries: MenuEntry[] = history.map(kept => this.#entryOf(kept, false))
    if (entries.length === 0) entries.push({ label: 'No filter ran yet', disabled: true })
    if (saved.length > 0) entries.push('line', ...saved.map(kept => this.#entryOf(kept, true)))
    return entries
  }

  #entryOf({ text, name, matched }: KeptFilter, isSaved: boolean): MenuItem {
    return {
      label: isSaved ? (name ?? text) : text,
      icon: isSaved ? 'bookmark' : 'blank',
      tooltip: `${text}\nDelete forgets it`,
      ...(!isSaved && { mono: true as const }),
      ...(matched !== undefined && { detail: `${count(matched)} matched` }),
      run: () => {
        this.use(text)
        this.#input.focus()
      },
      remove: () => {
        this.#options.forget(text, isSaved)
        this.#state = { ...this.#state, filters: without(this.#state.filters, text, isSaved) }
      },
    }
  }

  #complete(): void {
    const caret = this.#input.selectionStart ?? 0
    const found = completionAt(this.text, caret, this.#state.fields)
    if (!found) {
      this.#endCompletion()
      return
    }
    this.#completion = { ...found, at: -1 }
    this.#list.replaceChildren(
      ...found.words.map((word, index) => {
        const item = element('li', '')
        describe(item, { id: `completion-${index}`, role: 'option' })
        const words = element('span', 'mono cut')
        words.textContent = word
        item.append(element('span', 'codicon codicon-symbol-field'), words)
        return item
      }),
    )
    this.#list.style.setProperty('--at', `${found.from}ch`)
    this.#list.hidden = false
    this.#input.setAttribute('aria-expanded', 'true')
    this.#highlight(-1)
  }

  #highlight(at: number): void {
    if (!this.#completion) return
    this.#completion = { ...this.#completion, at }
    for (const [index, item] of [...this.#list.children].entries()) {
      item.classList.toggle('on', index === at)
      item.setAttribute('aria-selected', String(index === at))
    }
    if (at < 0) this.#input.removeAttribute('aria-activedescendant')
    else this.#input.setAttribute('aria-activedescendant', `completion-${at}`)
  }

  #accept(index: number): void {
    const word = this.#completion?.words[index]
    if (!this.#completion || word === undefined) return
    const caret = this.#input.selectionStart ?? this.text.length
    this.#input.setRangeText(word, this.#completion.from, caret, 'end')
    this.#endCompletion()
    this.#changed()
  }

  #endCompletion(): void {
    this.#completion = undefined
    this.#list.hidden = true
    this.#input.setAttribute('aria-expanded', 'false')
    this.#input.removeAttribute('aria-activedescendant')
  }
}

const KINDS: Record<FilterCheck['kind'], (check: FilterCheck) => string> = {
  none: () => '',
  text: check => (check.kind === 'text' && check.exact ? 'Exact text' : 'Text'),
  expression: () => 'Expression',
  error: () => 'Expression',
}

const KIND_TITLES: Record<FilterCheck['kind'], string> = {
  none: '',
  text: 'Searched in key, value and headers. In quotes: upper and lower case as written.',
  expression: 'A condition that each record is asked for.',
  error: 'It cannot be understood as it stands.',
}

function without(
  filters: MessagesState['filters'],
  text: string,
  saved: boolean,
): MessagesState['filters'] {
  const kept = (all: readonly KeptFilter[]) => all.filter(each => each.text !== text)
  return saved
    ? { ...filters, saved: kept(filters.saved) }
    : { ...filters, history: kept(filters.history) }
}

const TOKEN_CLASSES = { string: 'tok-s', number: 'tok-n', word: 'tok-b', plain: '' } as const

function pieceElement({ kind, mark, text }: Piece): HTMLElement {
  const span = element('span', TOKEN_CLASSES[kind])
  if (mark) span.classList.add(mark)
  span.textContent = text
  return span
}

function button(name: string, title: string): HTMLButtonElement {
  const made = document.createElement('button')
  made.className = 'ib'
  made.title = title
  made.setAttribute('aria-label', title)
  made.append(element('span', `codicon codicon-${name}`))
  return made
}

function element(name: string, className: string): HTMLElement {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  if (className.startsWith('codicon')) made.setAttribute('aria-hidden', 'true')
  return made
}

function describe(target: HTMLElement, attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) target.setAttribute(name, value)
}
