/** A new form: what most people ask for, in both languages, with the consent that lets you write to them. */
import type { FieldType, FormField, FormSettings } from '../../api/types'

export const types: FieldType[] = [
  'text', 'textarea', 'email', 'phone', 'first_name', 'last_name', 'company', 'country', 'city', 'choice', 'multi_choice', 'boolean', 'number', 'date', 'url', 'hidden',
]

/** Types whose answer goes into the contact (at most one field of each); others are kept with the submission. */
export const known: Record<string, Pick<FormField, 'type' | 'label'>> = {
  email: { type: 'email', label: { es: 'Correo electrónico', en: 'E-mail' } },
  first_name: { type: 'first_name', label: { es: 'Nombre', en: 'First name' } },
  last_name: { type: 'last_name', label: { es: 'Apellidos', en: 'Last name' } },
  phone: { type: 'phone', label: { es: 'Teléfono', en: 'Phone' } },
  company: { type: 'company', label: { es: 'Empresa', en: 'Company' } },
  country: { type: 'country', label: { es: 'País', en: 'Country' } },
  city: { type: 'city', label: { es: 'Ciudad', en: 'City' } },
  message: { type: 'textarea', label: { es: 'Mensaje', en: 'Message' } },
}
export function fieldOf(name: string): FormField {
  const found = known[name]
  return { name, type: found?.type ?? 'text', required: name === 'email', label: { ...(found?.label ?? { es: '', en: '' }) }, options: [], max_length: null }
}
export const chosen = (type: string): boolean => type === 'choice' || type === 'multi_choice'

export function newForm(name: string, source: string): FormSettings {
  return {
    form_key: '', name, language: 'auto',
    fields: [fieldOf('email'), fieldOf('first_name'), fieldOf('company')],
    consents: [
      {
        id: 'marketing', purpose: 'marketing_email', required: false,
        text: {
          es: 'Quiero recibir novedades y ofertas por correo. Puedo darme de baja cuando quiera.',
          en: 'I want to receive news and offers by e-mail. I can unsubscribe at any time.',
        },
      },
    ],
    double_opt_in: false,
    title: { es: 'Hablemos', en: 'Let us talk' },
    submit_label: { es: 'Enviar', en: 'Send' },
    thank_you: { es: 'Gracias. Te escribiremos muy pronto.', en: 'Thank you. We will write to you very soon.' },
    redirect_url: null, source, tags: [], throttle_per_minute: 30,
    counts: { accepted: 0, quarantined: 0 }, state: 'live', version: 0,
  }
}
const escape = (text: string): string => text.replace(/[&<>"]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one] ?? one)

export function scriptCode(origin: string, key: string): string {
  return `<script src="${origin}/embed/form.js" data-form="${key}" async></` + 'script>'
}
/** A form that works without any script: it posts to the API, which shows it once more to be confirmed and then thanks. */
export function htmlCode(origin: string, form: FormSettings, language: 'es' | 'en'): string {
  const say = (text: { es?: string; en?: string }): string => escape(text[language] || text.en || text.es || '')
  const lines = form.fields.map((field) => {
    const need = field.required ? ' required' : ''
    if (field.type === 'hidden') return `  <input type="hidden" name="${field.name}" value="">`
    if (field.type === 'boolean') return `  <p><label><input type="checkbox" name="${field.name}" value="true"${need}> ${say(field.label)}</label></p>`
    if (field.type === 'textarea') return `  <p><label>${say(field.label)}<br><textarea name="${field.name}"${need}></textarea></label></p>`
    if (chosen(field.type)) {
      const options = field.options.map((option) => `<option value="${escape(option.value)}">${say(option.label)}</option>`).join('')
      return `  <p><label>${say(field.label)}<br><select name="${field.name}"${field.type === 'multi_choice' ? ' multiple' : ''}${need}>${options}</select></label></p>`
    }
    const html: Partial<Record<FieldType, string>> = { email: 'email', phone: 'tel', number: 'number', date: 'date', url: 'url' }
    const type = html[field.type] ?? 'text'
    return `  <p><label>${say(field.label)}<br><input type="${type}" name="${field.name}"${need}></label></p>`
  })
  const consents = form.consents.map((one) => `  <p><label><input type="checkbox" name="consent" value="${escape(one.id)}"${one.required ? ' required' : ''}> ${say(one.text)}</label></p>`)
  return [
    `<form method="post" action="${origin}/api/v1/forms/${form.form_key}/submissions" accept-charset="utf-8">`,
    ...lines,
    ...consents,
    '  <p hidden><label>Website <input name="website" tabindex="-1" autocomplete="off"></label></p>',
    `  <button>${say(form.submit_label)}</button>`,
    '</form>',
  ].join('\n')
}
export function curlCode(origin: string, form: FormSettings): string {
  const samples: Record<string, string> = { email: 'ana@example.com', first_name: 'Ana', last_name: 'Rojas', phone: '+573001234567', company: 'Café Andino' }
  const values = Object.fromEntries(form.fields.filter((field) => field.required || samples[field.name]).map((field) => [field.name, samples[field.name] ?? field.options[0]?.value ?? '…']))
  const body = { token: 'TOKEN', values, consents: form.consents.map((one) => one.id), page: { url: 'https://example.com/', referrer: '', utm: { source: 'newsletter' } } }
  const url = `${origin}/api/v1/forms/${form.form_key}`
  return `# 1. A token, good for two hours and one submission; wait 3 seconds before using it\ncurl ${url}\n\n# 2. The submission\ncurl -X POST ${url}/submissions \\\n  -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify(body, null, 2).replaceAll("'", "'\\''")}'`
}
