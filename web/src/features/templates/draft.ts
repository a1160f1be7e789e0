/** A template while it is edited, in its languages; and between it and what the API keeps. */
import type { Body, Format, Template, TemplateIn } from '../../api/templates'
import { emptyDocument, write } from './document'

export type Language = 'es' | 'en'
export const LANGUAGES: readonly Language[] = ['es', 'en']
export interface Variant {
  subject: string
  preheader: string
  body: Body
}
export interface Draft {
  name: string
  /** The one that is sent to who has no other. */
  language: Language
  variants: Partial<Record<Language, Variant>>
}
const languageOf = (value: string): Language => (value === 'en' ? 'en' : 'es')
const bodyOf = (body: { format: string; source: string } | null | undefined, format: string): Body => ({ format: (body?.format ?? format) as Format, source: body?.source ?? '' })

export function draftOf(one: Template): Draft {
  const language = languageOf(one.language)
  const variants: Draft['variants'] = { [language]: { subject: one.subject, preheader: one.preheader, body: bodyOf(one.body, one.format) } }
  for (const [code, other] of Object.entries(one.translations ?? {})) {
    if (languageOf(code) !== language) variants[languageOf(code)] = { subject: other.subject, preheader: other.preheader, body: bodyOf(other.body, one.format) }
  }
  return { name: one.name, language, variants }
}
export function sent(draft: Draft): Required<Pick<TemplateIn, 'name' | 'subject' | 'preheader' | 'language' | 'body' | 'translations'>> {
  const main = draft.variants[draft.language] ?? empty('text', draft.language)
  const others = LANGUAGES.flatMap((code) => {
    const one = code === draft.language ? undefined : draft.variants[code]
    return one ? [[code, { subject: one.subject.trim(), preheader: one.preheader.trim(), body: one.body }] as const] : []
  })
  return {
    name: draft.name.trim(), language: draft.language, subject: main.subject.trim(), preheader: main.preheader.trim(), body: main.body,
    translations: Object.fromEntries(others),
  }
}
/** The language that is missing becomes a copy of the other, to be translated. */
export function withLanguage(draft: Draft, language: Language): Draft {
  const main = draft.variants[draft.language]
  return draft.variants[language] || !main ? draft : { ...draft, variants: { ...draft.variants, [language]: structuredClone(main) } }
}
export function withoutLanguage(draft: Draft, language: Language): Draft {
  if (language === draft.language) return draft
  const { [language]: _gone, ...variants } = draft.variants
  return { ...draft, variants }
}

const PLAIN = {
  es: 'Hola, {{ contact.first_name | default("qué tal") }}:\n\nEscribe aquí tu mensaje.\n\n{{ workspace.name }}\n{{ workspace.postal_address }}\n\nPara no recibir más correos: {{ unsubscribe_url }}\n',
  en: 'Hello, {{ contact.first_name | default("there") }}:\n\nWrite your message here.\n\n{{ workspace.name }}\n{{ workspace.postal_address }}\n\nTo receive no more e-mails: {{ unsubscribe_url }}\n',
}
const WORDS = {
  es: { title: 'Un título que invite a leer', text: 'Escribe aquí tu mensaje.', button: 'Saber más', out: 'Cancelar la suscripción' },
  en: { title: 'A title worth reading on for', text: 'Write your message here.', button: 'Find out more', out: 'Unsubscribe' },
}
/** What a new template of this format begins with. */
export function begin(format: Format, language: Language): string {
  const say = WORDS[language]
  switch (format) {
    case 'blocks':
      return write(emptyDocument(language))
    case 'text':
      return PLAIN[language]
    case 'html':
      return `<!doctype html>
<html lang="${language}">
  <body style="margin:0;background:#f3f2ee;font-family:Arial,sans-serif;color:#1d2226">
    <div style="max-width:600px;margin:0 auto;padding:32px 24px;background:#ffffff">
      <h1 style="margin:0 0 16px;font-size:26px;line-height:1.3">${say.title}</h1>
      <p style="font-size:16px;line-height:1.6">${say.text}</p>
      <p style="margin:32px 0 0;font-size:13px;color:#626a6f">
        {{ workspace.name }} · {{ workspace.postal_address }}<br>
        <a href="{{ unsubscribe_url }}" style="color:#626a6f">${say.out}</a>
      </p>
    </div>
  </body>
</html>
`
    case 'mjml':
      return `<mjml>
  <mj-body background-color="#f3f2ee">
    <mj-section background-color="#ffffff">
      <mj-column>
        <mj-text font-size="26px" line-height="1.3" font-weight="700">${say.title}</mj-text>
        <mj-text font-size="16px" line-height="1.6">${say.text}</mj-text>
        <mj-text font-size="13px" color="#626a6f">
          {{ workspace.name }} · {{ workspace.postal_address }}<br />
          <a href="{{ unsubscribe_url }}" style="color:#626a6f">${say.out}</a>
        </mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`
  }
}
export function empty(format: Format, language: Language): Variant {
  return { subject: '', preheader: '', body: { format, source: begin(format, language) } }
}
