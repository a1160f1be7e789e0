/** A good first e-mail in each language and format, and the placeholders that can be put into it. */
import type { Language } from '../../api/types'

interface Words {
  hello: string
  friend: string
  title: string
  text: string
  more: string
  button: string
  bye: string
  why: string
  out: string
}
const words: Record<Language, Words> = {
  es: {
    hello: 'Hola',
    friend: 'qué tal',
    title: 'Tres ideas para vender mejor este mes',
    text: 'Hemos reunido lo que mejor les ha funcionado a nuestros clientes: responder en la primera hora, medir de dónde llega cada contacto y escribir solo a quien quiere leerte.',
    more: 'En la guía encontrarás los pasos, con ejemplos y plantillas que puedes usar hoy mismo.',
    button: 'Leer la guía',
    bye: 'Un saludo, y responde a este correo si tienes preguntas.',
    why: 'Recibes este correo porque nos diste tu permiso.',
    out: 'Cancelar la suscripción',
  },
  en: {
    hello: 'Hello',
    friend: 'there',
    title: 'Three ideas to sell better this month',
    text: 'We have gathered what worked best for our customers: answer within the first hour, know where every contact comes from, and write only to people who want to read you.',
    more: 'The guide has the steps, with examples and templates that you can use today.',
    button: 'Read the guide',
    bye: 'Kind regards, and answer this e-mail if you have questions.',
    why: 'You receive this e-mail because you gave us your permission.',
    out: 'Unsubscribe',
  },
}

const UNSUBSCRIBE = '{{ unsubscribe_url }}'
const ADDRESS = '{{ workspace.postal_address }}'

/** Placeholders of the insert menu: the label's key and what is inserted. */
export function placeholders(language: Language): { key: string; text: string }[] {
  return [
    { key: 'first_name', text: `{{ contact.first_name | default("${words[language].friend}") }}` },
    { key: 'last_name', text: '{{ contact.last_name | default("") }}' },
    { key: 'company', text: `{{ contact.company_name | default("${language === 'es' ? 'tu empresa' : 'your company'}") }}` },
    { key: 'email', text: '{{ contact.email }}' },
    { key: 'city', text: `{{ contact.city | default("${language === 'es' ? 'tu ciudad' : 'your city'}") }}` },
    { key: 'workspace', text: '{{ workspace.name }}' },
    { key: 'address', text: ADDRESS },
    { key: 'unsubscribe', text: UNSUBSCRIBE },
  ]
}

export function starter(format: 'mjml' | 'html', language: Language): string {
  const say = words[language]
  const hello = `${say.hello}, {{ contact.first_name | default("${say.friend}") }}:`
  if (format === 'html') {
    return `<!doctype html>
<html lang="${language}">
  <body style="margin:0;background:#f3f2ee;font-family:Arial,sans-serif;color:#1d2226">
    <div style="max-width:600px;margin:0 auto;padding:32px 24px;background:#ffffff">
      <h1 style="font-size:24px;line-height:1.3;margin:0 0 16px">${say.title}</h1>
      <p style="font-size:16px;line-height:1.6">${hello}</p>
      <p style="font-size:16px;line-height:1.6">${say.text}</p>
      <p style="font-size:16px;line-height:1.6">${say.more}</p>
      <p style="margin:24px 0">
        <a href="https://example.com/" style="background:#0d6e5f;color:#ffffff;padding:12px 22px;border-radius:6px;text-decoration:none">${say.button}</a>
      </p>
      <p style="font-size:16px;line-height:1.6">${say.bye}</p>
      <hr style="border:0;border-top:1px solid #e4e1db;margin:28px 0 16px">
      <p style="font-size:12px;line-height:1.6;color:#666d72">
        ${say.why} <a href="${UNSUBSCRIBE}" style="color:#0b6153">${say.out}</a><br>
        {{ workspace.name }} · ${ADDRESS}
      </p>
    </div>
  </body>
</html>
`
  }
  return `<mjml>
  <mj-head>
    <mj-attributes>
      <mj-all font-family="Arial, sans-serif" />
      <mj-text font-size="16px" line-height="1.6" color="#1d2226" />
    </mj-attributes>
  </mj-head>
  <mj-body background-color="#f3f2ee">
    <mj-section background-color="#0d6e5f" padding="18px 0">
      <mj-column>
        <mj-text color="#ffffff" font-size="18px" font-weight="700">{{ workspace.name }}</mj-text>
      </mj-column>
    </mj-section>
    <mj-section background-color="#ffffff" padding="28px 0 12px">
      <mj-column>
        <mj-text font-size="25px" line-height="1.3" font-weight="700">${say.title}</mj-text>
        <mj-text>${hello}</mj-text>
        <mj-text>${say.text}</mj-text>
        <mj-text>${say.more}</mj-text>
        <mj-button align="left" background-color="#0d6e5f" border-radius="6px" font-size="16px" href="https://example.com/">${say.button}</mj-button>
        <mj-text>${say.bye}</mj-text>
      </mj-column>
    </mj-section>
    <mj-section padding="12px 0 28px">
      <mj-column>
        <mj-text font-size="12px" color="#666d72">
          ${say.why} <a href="${UNSUBSCRIBE}" style="color:#0b6153">${say.out}</a><br />
          {{ workspace.name }} · ${ADDRESS}
        </mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`
}

/** Whether a body lets people opt out. */
export function canOptOut(source: string): boolean {
  return /\{\{\s*unsubscribe_url\b/.test(source)
}
