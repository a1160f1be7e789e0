/**
 * The form on other people's pages:
 *   <script src="https://…/embed/form.js" data-form="KEY" async></script>
 * puts the form where the script stands (or into data-target="#selector"). No dependency, no cookie. The campaign a
 * visitor came with is kept for the visit, so that it counts also when the form is on another page than the landing page.
 */
type Texts = Record<'sending' | 'thanks' | 'failed' | 'required' | 'choose' | 'loading', string>
interface FieldSpec {
  name: string
  type: string
  required: boolean
  label: string
  options?: { value: string; label: string }[]
  max_length?: number | null
}
interface FormSpec {
  token: string
  fields: FieldSpec[]
  consents: { id: string; text: string; required: boolean }[]
  language: string
  title?: string
  submit_label?: string
}

;(function () {
  const script = document.currentScript as HTMLScriptElement | null
  const key = script && script.getAttribute('data-form')
  if (!script || !key) return
  const doc = document
  const api = new URL(script.src).origin + '/api/v1/forms/' + encodeURIComponent(key)
  const wanted = (script.getAttribute('data-language') || doc.documentElement.lang || navigator.language).slice(0, 2)
  const TEXTS: Record<string, Texts> = {
    es: { sending: 'Enviando…', thanks: 'Gracias. Hemos recibido tus datos.', failed: 'No se pudo enviar. Inténtalo de nuevo.', required: 'Este campo es obligatorio.', choose: 'Elige una opción', loading: 'Cargando…' },
    en: { sending: 'Sending…', thanks: 'Thank you. We have received your details.', failed: 'It could not be sent. Please try again.', required: 'This field is required.', choose: 'Choose one', loading: 'Loading…' },
  }
  let texts: Texts = TEXTS[wanted] || (TEXTS['en'] as Texts)

  const el = (tag: string, props?: Record<string, unknown>, ...children: (Node | string)[]): HTMLElement => {
    const node = doc.createElement(tag)
    for (const name in props) {
      const value = props[name]
      if (value === false || value == null) continue
      node.setAttribute(name, value === true ? '' : String(value))
    }
    node.append(...children)
    return node
  }

  /** First page and campaign of the visit. */
  const visit = (): { url: string; referrer: string; utm: Record<string, string> } => {
    let kept: { url: string; referrer: string; utm: Record<string, string> } | null = null
    const store = 'clientela.visit'
    try {
      kept = JSON.parse(sessionStorage.getItem(store) || 'null')
    } catch (_) {
      kept = null
    }
    const utm: Record<string, string> = {}
    new URLSearchParams(location.search).forEach((value, name) => {
      const found = /^utm_(source|medium|campaign|term|content)$/.exec(name)
      if (found) utm[found[1] as string] = value.slice(0, 200)
    })
    if (!kept || Object.keys(utm).length) {
      kept = { url: location.href.slice(0, 1000), referrer: doc.referrer.slice(0, 1000), utm }
      try {
        sessionStorage.setItem(store, JSON.stringify(kept))
      } catch (_) {
        // Storage may be off; the page's own campaign still counts.
      }
    }
    return kept
  }
  const page = visit()

  const host = el('div', { class: 'clientela-form' })
  const target = script.getAttribute('data-target')
  const place = target && doc.querySelector(target)
  if (place) place.append(host)
  else script.after(host)
  if (!doc.getElementById('clientela-css')) {
    doc.head.append(
      el(
        'style',
        { id: 'clientela-css' },
        '.clientela-form{font:inherit;max-width:30em}.clientela-form form{display:grid;gap:.85em}.clientela-form label{display:block;font-weight:600;margin-bottom:.25em}' +
          '.clientela-form input:not([type=checkbox]):not([type=radio]),.clientela-form select,.clientela-form textarea{box-sizing:border-box;width:100%;padding:.55em .7em;border:1px solid #767b80;border-radius:6px;font:inherit;background:#fff;color:#1d2226}' +
          '.clientela-form .c-check{display:flex;gap:.6em;align-items:flex-start;font-weight:400}.clientela-form button{padding:.65em 1.2em;border:0;border-radius:6px;background:var(--clientela-accent,#0d6e5f);color:#fff;font:inherit;font-weight:600;cursor:pointer}' +
          '.clientela-form [aria-invalid]{border-color:#b3261e!important}.clientela-form .c-error{color:#b3261e;font-size:.875em;margin:.25em 0 0}.clientela-form .c-away{position:absolute;left:-9999px;width:1px;height:1px;overflow:hidden}',
      ),
    )
  }

  let count = 0
  const control = (field: FieldSpec): HTMLElement => {
    const id = 'clientela-' + key + '-' + count++
    const base = { id, name: field.name, required: field.required, maxlength: field.max_length, 'aria-describedby': id + '-e' }
    const error = el('p', { class: 'c-error', id: id + '-e', hidden: true })
    const options = field.options || []
    const star = field.required ? ' *' : ''
    if (field.type === 'boolean') {
      return el('div', {}, el('label', { class: 'c-check', for: id }, el('input', { ...base, type: 'checkbox', value: 'true' }), el('span', {}, field.label + star)), error)
    }
    const few = field.type === 'choice' && options.length < 4
    if (few || field.type === 'multi_choice') {
      const type = few ? 'radio' : 'checkbox'
      return el(
        'fieldset',
        { style: 'border:0;padding:0;margin:0', 'aria-describedby': id + '-e' },
        el('legend', { style: 'font-weight:600;padding:0' }, field.label + star),
        ...options.map((option) =>
          el('label', { class: 'c-check' }, el('input', { type, name: field.name, value: option.value, 'data-many': type === 'checkbox', required: type === 'radio' && field.required }), el('span', {}, option.label)),
        ),
        error,
      )
    }
    let input: HTMLElement
    if (field.type === 'textarea') input = el('textarea', { ...base, rows: 4 })
    else if (field.type === 'choice' || field.type === 'country') {
      input = el('select', { ...base, maxlength: null, autocomplete: field.type === 'country' ? 'country' : null }, el('option', { value: '' }, texts.choose), ...options.map((option) => el('option', { value: option.value }, option.label)))
    } else if (field.type === 'hidden') return el('input', { type: 'hidden', name: field.name, value: new URLSearchParams(location.search).get(field.name) || '' })
    else {
      const types: Record<string, string> = { email: 'email', phone: 'tel', url: 'url', date: 'date' }
      const fill: Record<string, string> = { email: 'email', first_name: 'given-name', last_name: 'family-name', phone: 'tel', company: 'organization', city: 'address-level2', url: 'url' }
      input = el('input', { ...base, type: types[field.type] || 'text', inputmode: field.type === 'number' ? 'decimal' : null, autocomplete: fill[field.type] })
    }
    return el('div', {}, el('label', { for: id }, field.label + star), input, error)
  }

  const show = (spec: FormSpec): void => {
    texts = TEXTS[spec.language] || texts
    const button = el('button', { type: 'submit' }, spec.submit_label || 'OK') as HTMLButtonElement
    const status = el('p', { role: 'status', 'aria-live': 'polite', style: 'margin:0' })
    const honeypot = el('input', { name: 'website', tabindex: '-1', autocomplete: 'off', id: 'clientela-w-' + key }) as HTMLInputElement
    const form = el(
      'form',
      { lang: spec.language, novalidate: true, 'aria-label': spec.title || null },
      ...(spec.title ? [el('h2', { style: 'margin:0' }, spec.title)] : []),
      ...spec.fields.map(control),
      ...spec.consents.map((consent) => {
        const id = 'clientela-' + key + '-' + count++
        return el(
          'div',
          {},
          el('label', { class: 'c-check', for: id }, el('input', { id, type: 'checkbox', 'data-consent': consent.id, required: consent.required, 'aria-describedby': id + '-e' }), el('span', {}, consent.text + (consent.required ? ' *' : ''))),
          el('p', { class: 'c-error', id: id + '-e', hidden: true }),
        )
      }),
      el('div', { class: 'c-away', 'aria-hidden': 'true' }, el('label', { for: 'clientela-w-' + key }, 'Website'), honeypot),
      button,
      status,
    ) as HTMLFormElement

    const inputs = (): HTMLInputElement[] => Array.from(form.querySelectorAll<HTMLInputElement>('input,select,textarea')).filter((one) => one !== honeypot)
    const say = (input: HTMLElement, message: string): void => {
      const holder = input.closest('fieldset') || input.closest('div')
      const error = holder && holder.querySelector<HTMLElement>('.c-error')
      if (message) input.setAttribute('aria-invalid', 'true')
      else input.removeAttribute('aria-invalid')
      if (error) {
        error.textContent = message
        error.hidden = !message
      }
    }
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      let bad: HTMLInputElement | null = null
      for (const input of inputs()) {
        const message = input.validity.valid ? '' : input.validity.valueMissing ? texts.required : input.validationMessage
        if (message || input.type !== 'radio') say(input, message)
        if (message && !bad) bad = input
      }
      if (bad) return bad.focus()
      const values: Record<string, unknown> = {}
      const consents: string[] = []
      for (const input of inputs()) {
        const consent = input.getAttribute('data-consent')
        if (consent) {
          if (input.checked) consents.push(consent)
        } else if (input.hasAttribute('data-many')) {
          if (input.checked) values[input.name] = ((values[input.name] as string[]) || []).concat(input.value)
        } else if (input.type === 'checkbox') values[input.name] = input.checked
        else if (input.type === 'radio') {
          if (input.checked) values[input.name] = input.value
        } else if (input.value.trim()) values[input.name] = input.value.trim()
      }
      button.disabled = true
      status.textContent = texts.sending
      fetch(api + '/submissions', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ token: spec.token, values, consents, page, language: spec.language, website: honeypot.value }),
      })
        .then((response) => response.json().then((answer) => ({ response, answer })))
        .then(({ response, answer }) => {
          if (response.ok) {
            if (answer.redirect_url && /^https?:/.test(answer.redirect_url)) return location.assign(answer.redirect_url)
            status.textContent = answer.message || texts.thanks
            status.setAttribute('tabindex', '-1')
            form.replaceWith(status)
            return status.focus()
          }
          button.disabled = false
          status.textContent = ''
          let first: HTMLElement | null = null
          for (const error of (answer.errors || []) as { field: string; message: string }[]) {
            const name = error.field.replace(/^(body\.)?values\./, '')
            const input = inputs().filter((one) => one.name === name)[0] || (/^consents/.test(name) ? form.querySelector<HTMLInputElement>('[data-consent]:required') : null)
            if (!input) continue
            say(input, error.message)
            first = first || input
          }
          if (first) first.focus()
          else status.textContent = answer.detail || texts.failed
          // A token works once and for two hours: fetch another for the next try.
          return load().then((next) => void (spec.token = next.token))
        })
        .catch(() => {
          button.disabled = false
          status.textContent = texts.failed
        })
    })
    host.replaceChildren(form)
  }
  const load = (): Promise<FormSpec> =>
    fetch(api + '?language=' + wanted).then((response) => {
      if (!response.ok) throw new Error(String(response.status))
      return response.json()
    })
  host.textContent = texts.loading
  load()
    .then(show)
    .catch(() => (host.textContent = texts.failed))
})()
