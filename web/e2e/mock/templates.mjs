// Templates, gallery, brand kit and images of the mock. Mails are drawn from their blocks, roughly as the API does.
import * as data from './data.mjs'

const { id, ago, user, members } = data
const now = () => new Date().toISOString()
const picture = (from, to, shape) =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 360"><defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient></defs><rect width="600" height="360" fill="url(#g)"/>${shape}</svg>`)}`
const cup = picture('#e8c9a0', '#8a5a34', '<circle cx="300" cy="190" r="90" fill="#fff8ef"/><circle cx="300" cy="190" r="66" fill="#5b3a22"/><path d="M385 160q60 0 60 40t-60 40" fill="none" stroke="#fff8ef" stroke-width="16"/>')
const hills = picture('#b8dcea', '#f6d9a8', '<path d="M0 260L140 150l110 90 130-130 220 180v70H0z" fill="#3f7f6b"/><circle cx="470" cy="90" r="42" fill="#fff3c9"/>')
const bag = picture('#dfe7f5', '#a9bde0', '<rect x="200" y="140" width="200" height="160" rx="14" fill="#2f4d8c"/><path d="M245 150v-30a55 55 0 01110 0v30" fill="none" stroke="#2f4d8c" stroke-width="16"/>')
const mark = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 280 64"><rect width="64" height="64" rx="14" fill="#0d6e5f"/><path d="M18 40q14-30 28 0" fill="none" stroke="#fff" stroke-width="7" stroke-linecap="round"/><text x="80" y="43" font-family="Georgia" font-size="32" fill="#1d2226">Café Andino</text></svg>')}`

export const brand = {
  logo_url: mark, logo_alt: 'Café Andino', logo_width: 150, radius: 8, font: 'arial', heading_font: 'georgia', version: 1, updated_at: ago(9000), changed_by: user.user_id,
  colors: { primary: '#0d6e5f', secondary: '#e0a526', background: '#f3f2ee', surface: '#ffffff', text: '#1d2226', muted: '#5d656a', link: '#0b6153', on_primary: '#ffffff' },
  footer_text: '<p>Recibes este correo porque nos diste tu permiso.</p>', social: [{ network: 'instagram', href: 'https://instagram.com/andino' }, { network: 'website', href: 'https://andino.example' }],
}
const mail = (words) => ({
  version: 1, settings: {},
  blocks: [
    { id: 'logo', type: 'image', src: 'brand.logo', alt: '' },
    { id: 'photo', type: 'image', src: words.photo, alt: words.alt, style: { radius: 8 } },
    { id: 'title', type: 'heading', level: 1, text: words.title },
    { id: 'text', type: 'text', html: `<p>${words.hello}</p><p>${words.text}</p>` },
    { id: 'go', type: 'button', text: words.button, href: 'https://andino.example/', style: { align: 'left' } },
    { id: 'line', type: 'divider' },
    { id: 'pair', type: 'columns', columns: [{ blocks: [{ id: 'pic', type: 'image', src: bag, alt: words.bag }] }, { blocks: [{ id: 'side', type: 'heading', level: 3, text: words.side }, { id: 'about', type: 'text', html: `<p>${words.about}</p>` }] }] },
    { id: 'nets', type: 'social', links: null },
    { id: 'end', type: 'footer' },
  ],
})
const SAY = {
  es: { photo: cup, alt: 'Una taza de café', title: 'El café de este mes', hello: 'Hola, {{ contact.first_name | default("qué tal") }}:', text: 'Ya está aquí la cosecha de <strong>Nariño</strong>: dulce, con notas de panela y naranja. La tostamos los martes.', button: 'Probar la cosecha', bag: 'Una bolsa de café', side: 'Envío en 24 horas', about: 'Si pides antes de las doce, mañana desayunas con ella.' },
  en: { photo: cup, alt: 'A cup of coffee', title: 'This month’s coffee', hello: 'Hello, {{ contact.first_name | default("there") }}:', text: 'The harvest of <strong>Nariño</strong> is here: sweet, with notes of cane sugar and orange. We roast on Tuesdays.', button: 'Taste the harvest', bag: 'A bag of coffee', side: 'With you in 24 hours', about: 'Order before noon and have it for breakfast tomorrow.' },
}
const KINDS = [
  ['newsletter', 'Boletín', 'Newsletter', 'Noticias con una foto grande y dos notas.', 'News with a large picture and two notes.'], ['welcome', 'Bienvenida', 'Welcome', 'El primer correo a quien llega.', 'The first mail to who arrives.'],
  ['offer', 'Oferta', 'Offer', 'Un producto con su precio de antes.', 'A product with what it cost before.'], ['event', 'Invitación', 'Invitation', 'Fecha, lugar y un botón.', 'Date, place and a button.'],
  ['launch', 'Lanzamiento', 'Launch', 'Un producto nuevo, contado despacio.', 'A new product, told slowly.'], ['digest', 'Resumen', 'Digest', 'Lo mejor del mes en tres partes.', 'The best of the month in three parts.'],
  ['return', 'Te echamos de menos', 'We miss you', 'Para quien lleva tiempo sin venir.', 'For who has not come for long.'], ['note', 'Carta', 'Letter', 'Solo palabras, de persona a persona.', 'Words only, from one person to another.'],
]
const gallery = (language) => KINDS.map(([key, es, en, aboutEs, aboutEn], index) => {
  const document = mail({ ...SAY[language], photo: [cup, hills, bag][index % 3], title: language === 'es' ? [SAY.es.title, 'Qué bien que estés aquí', 'Esta semana, con descuento'][index % 3] : [SAY.en.title, 'Good to have you here', 'This week, for less'][index % 3] })
  if (key === 'note') document.blocks = document.blocks.filter((block) => ['text', 'end'].includes(block.id))
  return { key, name: language === 'es' ? es : en, description: language === 'es' ? aboutEs : aboutEn, subject: document.blocks.find((block) => block.type === 'heading')?.text ?? 'Hola', preheader: '', body: { format: 'blocks', source: JSON.stringify(document) } }
})
const placeholders = [
  ['contact.first_name', 'text', 'Nombre', 'First name'], ['contact.last_name', 'text', 'Apellido', 'Last name'], ['contact.company_name', 'text', 'Empresa', 'Company'], ['contact.city', 'text', 'Ciudad', 'City'], ['contact.tags', 'list', 'Etiquetas', 'Tags'],
  ['contact.custom.renewal', 'date', 'Renovación', 'Renewal'], ['today', 'date', 'Hoy', 'Today'], ['workspace.name', 'text', 'Nombre del espacio', 'Workspace'], ['workspace.postal_address', 'text', 'Dirección postal', 'Postal address'], ['unsubscribe_url', 'link', 'Enlace de baja', 'Unsubscribe link'], ['preferences_url', 'link', 'Preferencias', 'Preferences'],
]
const images = [['taza.png', 'Una taza de café', cup, 1200, 720], ['montes.jpg', 'Montes al amanecer', hills, 1200, 720], ['bolsa.png', '', bag, 1200, 720]].map(([file_name, alt, url, width, height], index) => ({ id: id(), file_name, alt, media_type: 'image/png', size: 84_000 + index * 9000, width, height, state: 'ready', url, created_at: ago(3000 * (index + 1)), created_by: user.user_id, version: 1 }))
const templates = []
/** Deleted: they can be brought back. */
const bin = []
const versions = new Map()
const colour = (value, otherwise) => (value ? (brand.colors[value] ?? value) : brand.colors[otherwise])
const filled = (text, who) => String(text ?? '').replace(/\{\{\s*([\w.]+)([^}]*)\}\}/g, (_, name, rest) => who[name] || /default\("([^"]*)"\)/.exec(rest)?.[1] || { 'workspace.name': 'Andino', 'workspace.postal_address': 'Calle 10 # 4-21, Bogotá', unsubscribe_url: '#', preferences_url: '#' }[name] || '')
function drawn(block, who) {
  const style = `padding:${block.style?.padding_top ?? 10}px 32px;text-align:${block.style?.align ?? (['image', 'button', 'social', 'footer'].includes(block.type) ? 'center' : 'left')};background:${block.style?.background ? colour(block.style.background) : 'transparent'}`
  const source = (src) => (src === 'brand.logo' ? brand.logo_url : src)
  const inner = {
    heading: () => `<div style="font:700 ${[28, 22, 18][(block.level ?? 1) - 1]}px/1.25 Georgia;color:${colour(block.style?.color, 'text')}">${filled(block.text, who)}</div>`,
    text: () => filled(block.html, who),
    image: () => `<img alt="${block.alt}" src="${source(block.src)}" style="width:${block.src === 'brand.logo' ? '150px' : '100%'};border-radius:${block.style?.radius ?? 0}px">`,
    button: () => `<a href="${block.href}" style="display:inline-block;padding:13px 26px;border-radius:8px;font-weight:700;text-decoration:none;background:${colour(block.button_color, 'primary')};color:${colour(block.text_color, 'on_primary')}">${filled(block.text, who)}</a>`,
    columns: () => `<table width="100%"><tr>${block.columns.map((column) => `<td style="vertical-align:top">${column.blocks.map((one) => drawn(one, who)).join('')}</td>`).join('')}</tr></table>`,
    divider: () => '<hr style="border:0;border-top:1px solid #d9dee5">', spacer: () => `<div style="height:${block.height}px"></div>`,
    social: () => (block.links ?? brand.social).map((one) => `<a href="${one.href}" style="margin:3px;padding:6px 14px;border:1px solid #5d656a;border-radius:99px">${one.network}</a>`).join(''),
    product: () => `<h3>${filled(block.title, who)}</h3>${filled(block.text, who)}<b>${block.price ?? ''}</b>`,
    footer: () => `<div style="font-size:13px;color:${colour(block.style?.color, 'muted')}">${block.text ?? brand.footer_text}<p>Andino · Calle 10 # 4-21, Bogotá</p><a href="#">${block.unsubscribe_text ?? 'Darse de baja'}</a></div>`, html: () => block.html,
  }[block.type]
  return `<div style="${style}">${inner ? inner() : ''}</div>`
}
function rendered(body, who) {
  if (body.format === 'text') return `<pre>${filled(body.source, who)}</pre>`
  if (body.format !== 'blocks') return filled(body.source.replace(/<\/?mj-?\w*|\/?>/g, (tag) => (body.format === 'mjml' ? tag.replace(/mj\w*-?\w*/, 'div') : tag)), who)
  const document = JSON.parse(body.source)
  return `<!doctype html><meta name="color-scheme" content="light dark"><style>@media (prefers-color-scheme:dark){body,.card{background:#15181a!important;color:#eceff0!important}}</style><body style="margin:0;padding:20px 0;background:${colour(document.settings.background, 'background')};color:${colour(document.settings.text_color, 'text')};font:16px/1.55 Arial"><div class="card" style="max-width:${document.settings.width ?? 600}px;margin:auto;padding:16px 0;border-radius:8px;background:${colour(document.settings.surface, 'surface')}">${document.blocks.map((block) => drawn(block, who)).join('')}</div>`
}
function* each(blocks, path) {
  for (const [index, block] of blocks.entries()) {
    yield [block, `${path}.${index}`]
    for (const [column, one] of (block.columns ?? []).entries()) yield* each(one.blocks, `${path}.${index}.columns.${column}.blocks`)
  }
}
/** What the API would say about a mail: what it refuses, and what it only notices. */
function judged(one, prefix, Problem, es) {
  const say = (spanish, english) => (es ? spanish : english)
  const refused = (field, message) => {
    throw new Problem(422, 'The template does not fit.', { errors: [{ field: `${prefix}${field}`, message, code: 'placeholder_not_allowed' }] })
  }
  const found = []
  const note = (code, severity, field, message, params = {}) => found.push({ code, severity, message, field: `${prefix}${field}`, blocking: false, params })
  const unknown = /\{\{\s*(?!contact|company|workspace|campaign|unsubscribe_url|preferences_url|today)([\w.]+)/
  if (one.body.format === 'blocks') {
    for (const [block, path] of each(JSON.parse(one.body.source).blocks, 'body.blocks')) {
      const wrong = unknown.exec(`${block.text ?? ''}${block.html ?? ''}`)
      if (wrong) refused(`${path}.${block.html ? 'html' : 'text'}`, `Line 1: there is no ${wrong[1]}`)
      if (block.type === 'image' && !block.alt && block.src !== 'brand.logo') note('image_no_alt', 'warning', `${path}.alt`, say('La imagen no tiene descripción.', 'The picture has no description.'))
      if (block.type === 'button' && block.href === '#') note('link_empty', 'error', `${path}.href`, say('El botón no lleva a ningún sitio.', 'The button leads nowhere.'))
    }
  } else {
    const line = one.body.source.split('\n').findIndex((text) => unknown.test(text))
    if (line >= 0) refused('body.source', `Line ${line + 1}: there is no ${unknown.exec(one.body.source)[1]}`)
    if (!one.body.source.includes('unsubscribe_url')) note('opt_out_added', 'info', 'body.source', say('Se añadirá el enlace de baja.', 'The unsubscribe link will be added.'))
  }
  if (!one.subject) note('subject_missing', 'warning', 'subject', say('Falta el asunto.', 'The subject is missing.'))
  if (/gratis|free/i.test(one.subject)) note('spam_word', 'warning', 'subject', say('«gratis» suena a correo no deseado.', '“free” sounds like spam.'))
  return found
}
export function seed() {
  const make = (name, minutes, extra = {}) => {
    const es = { subject: SAY.es.title, preheader: 'Cosecha de Nariño, recién tostada', body: { format: 'blocks', source: JSON.stringify(mail(SAY.es)) } }
    const one = { id: id(), name, language: 'es', format: 'blocks', translations: { en: { subject: SAY.en.title, preheader: '', body: { format: 'blocks', source: JSON.stringify(mail(SAY.en)) } } }, size: 18_400, created_at: ago(minutes * 3), updated_at: ago(minutes), changed_by: user.user_id, version: 3, ...es, ...extra }
    one.format = one.body.format
    templates.push(one)
    versions.set(one.id, [3, 2, 1].map((number) => ({ ...structuredClone(one), number, subject: number === 3 ? one.subject : `${one.subject} (${number})`, changed_at: ago(minutes * (4 - number)), changed_by: members[number % 2].user_id })))
  }
  make('Boletín de noviembre', 45)
  make('Bienvenida', 900, { body: gallery('es')[1].body, subject: 'Qué bien que estés aquí, {{ contact.first_name | default("amiga") }}' })
  make('Aviso de la tienda', 4000, { translations: {}, body: { format: 'text', source: 'Hola, {{ contact.first_name | default("qué tal") }}:\n\nLa tienda abre el lunes.\n\n{{ unsubscribe_url }}\n' } })
  make('Oferta a medida', 9000, { translations: {}, body: { format: 'mjml', source: '<mjml>\n  <mj-body>\n    <mj-section>\n      <mj-column>\n        <mj-text>Hola, {{ contact.first_name | default("qué tal") }}</mj-text>\n      </mj-column>\n    </mj-section>\n  </mj-body>\n</mjml>\n' } })
}
export function templatesOf(on, { page, patch, byId, Problem }) {
  seed()
  const whole = (one, language) => {
    const variants = [[one, ''], ...Object.entries(one.translations).map(([code, other]) => [other, `translations.${code}.`])]
    return { ...one, languages: [one.language, ...Object.keys(one.translations)], warnings: variants.flatMap(([variant, prefix]) => judged(variant, prefix, Problem, language === 'es')) }
  }
  const listed = ({ body: _body, translations, ...one }) => ({ ...one, body: null, translations: null, languages: [one.language, ...Object.keys(translations)], warnings: [] })
  const keep = (one) => versions.set(one.id, [{ ...structuredClone(one), number: (versions.get(one.id)?.[0]?.number ?? 0) + 1, changed_at: now() }, ...(versions.get(one.id) ?? [])])
  const asked = (body) => {
    const one = body.template_id ? byId(templates, body.template_id) : null
    const variant = one && body.language && one.translations[body.language] ? one.translations[body.language] : one
    const contact = body.contact_id ? byId(data.contacts, body.contact_id) : null
    return { subject: '', preheader: '', ...(variant ?? {}), ...Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)), who: contact ? { 'contact.first_name': contact.first_name, 'contact.city': contact.city } : { 'contact.first_name': 'Ana' } }
  }
  on('GET', '/templates', ({ query }) => page(templates.map(listed), query))
  on('POST', '/templates', ({ body, language }) => {
    const one = { id: id(), subject: '', preheader: '', language: 'es', translations: {}, size: body.body.source.length * 3, created_at: now(), updated_at: now(), changed_by: user.user_id, version: 1, ...body, format: body.body.format }
    const answer = whole(one, language)
    templates.unshift(one)
    keep(one)
    return [201, answer]
  })
  on('GET', '/templates/gallery', ({ query, language }) => ({
    items: gallery(query.get('language') === 'en' ? 'en' : 'es'), placeholders: placeholders.map(([name, kind, spanish, english]) => ({ name, kind, label: language === 'es' ? spanish : english })),
    fonts: [], networks: ['facebook', 'instagram', 'x', 'linkedin', 'youtube', 'tiktok', 'whatsapp', 'telegram', 'pinterest', 'threads', 'website'].map((key) => ({ key, label: key })),
  }))
  on('POST', '/templates/preview', ({ body, language }) => {
    const one = asked(body)
    const warnings = judged(one, '', Problem, language === 'es')
    const html = rendered(one.body, one.who)
    return { subject: filled(one.subject, one.who), preheader: filled(one.preheader, one.who), html, text: html.replace(/<style[\s\S]*?<\/style>/g, '').replace(/<\/(p|div|h\d)>/g, '\n').replace(/<[^>]+>/g, '').replace(/\n\s*\n+/g, '\n\n').trim(), size: html.length, language: 'es', warnings }
  })
  on('POST', '/templates/check', ({ body, language }) => ({ size: 18_000, warnings: judged(asked(body), '', Problem, language === 'es') }))
  on('POST', '/templates/test', ({ body }) => [202, { to: body.to }])
  on('GET', '/templates/{id}', ({ ids, language }) => whole(byId(templates, ids[0]), language))
  on('PATCH', '/templates/{id}', ({ ids, body, language }) => {
    const one = byId(templates, ids[0])
    whole({ ...one, ...body }, language)
    patch(one, body)
    one.format = one.body.format
    one.size = one.body.source.length * 3
    keep(one)
    return whole(one, language)
  })
  on('DELETE', '/templates/{id}', ({ ids }) => (bin.push(...templates.splice(templates.indexOf(byId(templates, ids[0])), 1)), [204]))
  on('POST', '/templates/{id}/restore', ({ ids, language }) => {
    const [one] = bin.splice(bin.indexOf(byId(bin, ids[0])), 1)
    templates.unshift(one)
    return whole(one, language)
  })
  on('GET', '/templates/{id}/versions', ({ ids, query }) => page(versions.get(ids[0]).map(({ number, name, subject, changed_at, changed_by, format, size }) => ({ number, name, subject, changed_at, changed_by, format, size })), query))
  on('GET', '/templates/{id}/versions/{number}', ({ ids }) => {
    const { number: _number, changed_at: _changed, ...one } = versions.get(ids[0]).find((each) => each.number === Number(ids[1]))
    return { ...one, languages: [one.language, ...Object.keys(one.translations)], warnings: [] }
  })
  on('POST', '/templates/{id}/versions/{number}/restore', ({ ids, body, language }) => {
    const { subject, preheader, body: text, translations } = versions.get(ids[0]).find((one) => one.number === Number(ids[1]))
    const one = patch(byId(templates, ids[0]), { version: body.version, subject, preheader, body: text, translations })
    keep(one)
    return whole(one, language)
  })
  on('GET', '/brand', () => ({ ...brand, notices: [] }))
  on('PUT', '/brand', ({ body }) => ({ ...patch(brand, body), notices: [] }))
  on('GET', '/images', ({ query }) => page(images.filter((one) => one.state === 'ready'), query))
  on('POST', '/images', ({ body }) => {
    const one = { id: id(), file_name: body.file_name, alt: body.alt, media_type: body.content_type, size: body.size, width: 600, height: 360, state: 'uploading', url: null, created_at: now(), created_by: user.user_id, version: 1 }
    images.unshift(one)
    return [201, { ...one, upload: { url: '/api/v1/uploads/image', method: 'POST', headers: {}, fields: { key: one.id } } }]
  })
  on('POST', '/uploads/image', () => [204])
  on('POST', '/images/{id}/complete', ({ ids }) => Object.assign(byId(images, ids[0]), { state: 'ready', url: hills }))
  on('PATCH', '/images/{id}', ({ ids, body }) => patch(byId(images, ids[0]), body))
  on('DELETE', '/images/{id}', ({ ids }) => (images.splice(images.indexOf(byId(images, ids[0])), 1), [204]))
}
