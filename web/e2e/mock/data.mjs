// A believable workspace, the same on every start.
let seed = 20261121
export const random = () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return seed / 2 ** 32
}
const pick = (list) => list[Math.floor(random() * list.length)]
let clock = 0
export const id = () => `01KB${(++clock).toString(32).toUpperCase().padStart(8, '0')}${Math.floor(random() * 1e12).toString(32).toUpperCase().padStart(14, '0')}`.slice(0, 26)
export const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString()

const first = ['Ana', 'Mateo', 'Lucía', 'Santiago', 'Valentina', 'Diego', 'Camila', 'Andrés', 'Sofía', 'Tomás', 'Isabel', 'Julián', 'Emily', 'James', 'Olivia', 'Liam', 'Grace', 'Noah', 'María José', 'Pablo', 'Carmen', 'Óscar', 'Inés', 'Hugo']
const last = ['Rojas', 'Gómez', 'Peña', 'Ibáñez', 'Torres', 'Navarro', 'Castaño', 'Quiroga', 'Muñoz', 'Villalba', 'Serrano', 'Cárdenas', 'Bennett', 'Hughes', 'Walker', 'Foster', 'Ospina', 'Restrepo', 'Zamora', 'Herrera']
const companyNames = ['Café Andino', 'Textiles del Valle', 'Clínica San Rafael', 'Bright Harbor Studio', 'Logística Cóndor', 'Panadería La Espiga', 'Northwind Dental', 'Viajes Altamar', 'Constructora Roble', 'Academia Horizonte', 'Greenfield Foods', 'Óptica Central', 'Hotel Mirador', 'Imprenta Colibrí', 'Ferretería Norte', 'Acme Learning', 'Vivero Los Sauces', 'Taller Mecánico Ruiz', 'Data Cumbre', 'Librería Rayuela']
const sources = ['google', 'newsletter', 'linkedin', 'web', 'instagram', 'referido']
const places = [['CO', 'Bogotá', 'America/Bogota'], ['CO', 'Medellín', 'America/Bogota'], ['ES', 'Valencia', 'Europe/Madrid'], ['MX', 'Puebla', 'America/Mexico_City'], ['US', 'Austin', 'America/Chicago'], ['AR', 'Rosario', 'America/Argentina/Buenos_Aires']]
const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z]+/g, '')
const grade = (fit, engagement) => (fit >= 30 ? 'A' : fit >= 15 ? 'B' : 'C') + (engagement >= 40 ? 1 : engagement >= 15 ? 2 : 3)

export const user = { user_id: id(), email: 'demo@clientela.example', name: 'Elena Duarte' }
export const members = [
  { user_id: user.user_id, email: user.email, name: user.name, role: 'owner', version: 1, created_at: ago(200_000), last_seen_at: ago(1) },
  { user_id: id(), email: 'marcos@clientela.example', name: 'Marcos Vidal', role: 'marketer', version: 1, created_at: ago(150_000), last_seen_at: ago(260) },
  { user_id: id(), email: 'sara@clientela.example', name: 'Sara Lindqvist', role: 'sales', version: 2, created_at: ago(90_000), last_seen_at: ago(1800) },
  { user_id: id(), email: 'nuevo@clientela.example', name: 'Iván Prado', role: 'viewer', version: 1, created_at: ago(300), last_seen_at: null },
]
const read = ['workspace', 'members', 'contacts', 'companies', 'leads', 'deals', 'segments', 'forms', 'campaigns', 'scoring', 'reports', 'search', 'tasks', 'quotes'].map((one) => `${one}:read`)
export const permissions = [...read, 'workspace:write', 'members:write', 'api_keys:manage', 'contacts:write', 'companies:write', 'leads:write', 'deals:write', 'tasks:write', 'quotes:write', 'quotes:approve', 'pipelines:write', 'fields:write', 'imports:run', 'exports:run', 'privacy:manage', 'segments:write', 'forms:write', 'campaigns:write', 'campaigns:send', 'scoring:write', 'reports:run', 'reports:schedule', 'audit:read']
export const roles = { owner: permissions, admin: permissions, viewer: read }
export const workspace = { id: id(), name: 'Agencia Mirlo', language: 'es', time_zone: 'America/Bogota', currency: 'USD', postal_address: 'Cra. 7 # 71-21, Bogotá, Colombia', sender: { name: 'Agencia Mirlo', email: 'hola@mirlo.example' }, version: 3 }
export const second = { ...workspace, id: id(), name: 'Hotel Mirador', version: 1 }

export const companies = companyNames.map((name, index) => {
  const [country, city] = places[index % places.length]
  return { id: id(), name, domain: `${plain(name)}.example`, tags: [pick(['comercio', 'salud', 'educación', 'turismo', 'software', 'industria'])], country, city, created_at: ago(9000 + index * 900), updated_at: ago(50), version: 1 }
})
export const contacts = []
export const leads = []
export const histories = new Map()
export const timelines = new Map()
export const formKey = 'frm_contacto'

export function makeContact(minutes, given = {}) {
  const firstName = given.first_name ?? pick(first)
  const lastName = given.last_name ?? pick(last)
  const company = random() < 0.7 ? pick(companies) : null
  const [country, city, time_zone] = pick(places)
  const fit = Math.floor(random() * 45)
  const engagement = Math.floor(random() * 60)
  const source = given.source ?? pick(sources)
  const touch = { source, medium: pick(['cpc', 'email', 'social', 'organic']), campaign: pick(['otoño-2026', 'webinar-crm', 'marca', null]), term: null, content: null, referrer: 'https://www.google.com/', landing_page: 'https://mirlo.example/agenda', form_id: formKey, at: ago(minutes) }
  const contact = {
    id: id(), first_name: firstName, last_name: lastName, display_name: `${firstName} ${lastName}`,
    emails: [{ address: given.email ?? `${plain(firstName)}.${plain(lastName)}@${company?.domain ?? 'correo.example'}`, label: 'work', primary: true }],
    phones: random() < 0.6 ? [{ number: `+57300${String(Math.floor(random() * 1e7)).padStart(7, '0')}`, label: 'mobile', primary: true }] : [],
    company_id: company?.id ?? null, company_name: company?.name ?? null, language: country === 'US' ? 'en' : 'es', time_zone, country, city,
    tags: [...new Set([pick(['webinar', 'demo', 'vip', 'boletín']), ...(random() < 0.3 ? ['evento'] : [])])],
    lifecycle_stage: pick(['awareness', 'acquisition', 'acquisition', 'retention', 'loyalty']), owner_id: random() < 0.6 ? pick(members).user_id : null,
    score: { fit, engagement, total: fit + engagement, grade: grade(fit, engagement) }, first_touch: touch, last_touch: touch,
    consents: random() < 0.85 ? [{ purpose: 'marketing_email', state: 'granted', at: ago(minutes), source: 'form:frm_contacto', text_version: 'frm_contacto/marketing/2/es' }] : [],
    suppressed: random() < 0.04 ? { reason: 'bounced', at: ago(minutes / 2) } : null, open_lead_id: null,
    created_at: ago(minutes), updated_at: ago(minutes / 3), version: 1,
  }
  const changes = [
    { at: ago(minutes * 0.98), points: 15, reason: 'Correo de empresa', rule_id: 'business_email', dimension: 'fit', total: 15 },
    { at: ago(minutes * 0.97), points: 20, reason: 'Ha enviado un formulario', rule_id: 'form_submitted', dimension: 'engagement', total: 20 },
    { at: ago(minutes * 0.4), points: 8, reason: 'Ha pulsado un enlace', rule_id: 'email_clicked', dimension: 'engagement', total: 28 },
    { at: ago(minutes * 0.1), points: -3, reason: 'Se enfría', rule_id: 'cooling', dimension: 'engagement', total: 25 },
  ].reverse()
  const activity = (share, kind, data) => ({ id: id(), at: ago(minutes * share), kind, title_key: `timeline.${kind}`, data, actor: kind === 'note' ? `user:${members[1].user_id}` : null, about: { kind: 'contact', id: contact.id }, written: kind === 'note', planned: false, pinned: false, version: kind === 'note' ? 1 : null, edited_at: null })
  timelines.set(contact.id, [
    activity(0.1, 'score_changed', { points: -3, total: contact.score.total, reason: 'Se enfría' }),
    activity(0.2, 'note', { text: 'Llamada de 10 minutos. Quiere ver la integración con su tienda antes de decidir.\nVolver a escribir el jueves.' }),
    activity(0.4, 'email_clicked', { campaign_name: 'Boletín de noviembre', url: 'https://mirlo.example/guia' }),
    activity(0.41, 'email_opened', { campaign_name: 'Boletín de noviembre' }),
    activity(0.5, 'email_sent', { campaign_name: 'Boletín de noviembre' }),
    activity(0.8, 'tag_added', { tag: contact.tags[0] }),
    activity(0.97, 'consent_granted', { purpose: 'marketing_email', source: 'form:frm_contacto' }),
    activity(0.98, 'lead_created', { source, medium: touch.medium, campaign: touch.campaign }),
    activity(1, 'form_submitted', { form_name: 'Formulario de contacto', page: touch.landing_page }),
  ])
  contacts.unshift(contact)
  const status = minutes < 600 ? 'new' : pick(['new', 'working', 'working', 'qualified', 'disqualified'])
  const lead = {
    id: id(), status, contact_id: contact.id, contact: { display_name: contact.display_name, email: contact.emails[0].address, company_name: contact.company_name },
    source, medium: touch.medium, campaign: touch.campaign, form_id: formKey, owner_id: contact.owner_id, score: contact.score,
    disqualify_reason: status === 'disqualified' ? 'no_budget' : null, created_at: contact.created_at, updated_at: contact.updated_at, version: 1,
  }
  contact.open_lead_id = ['new', 'working'].includes(status) ? lead.id : null
  leads.unshift(lead)
  histories.set(lead.id, changes)
  return { contact, lead }
}
// 1,000 records, so that a long list is really long; the newest minutes old.
for (let index = 0; index < 1000; index++) makeContact(Math.max(3, 128_000 * Math.pow(1 - index / 1000, 2.2)))

export const counts = (given = {}) => ({ pending: 0, claimed: 0, sent: 0, delivered: 0, bounced: 0, complained: 0, failed: 0, suppressed: 0, unknown: 0, parked: 0, opened: 0, clicked: 0, unsubscribed: 0, ...given })
const segment = (given) => ({ id: id(), kind: 'dynamic', conditions: null, state: 'ready', progress: null, fresh_as_of: ago(2), created_at: ago(60_000), updated_at: ago(9000), version: 1, ...given })
export const segments = [
  segment({ name: 'Quieren novedades', conditions: { all: [{ field: 'consent.marketing_email', op: 'is', value: 'granted' }] }, count: 812 }),
  segment({ name: 'Colombia, muy interesados', conditions: { all: [{ field: 'contact.country', op: 'is', value: 'CO' }, { any: [{ field: 'score.total', op: 'at_least', value: 50 }, { field: 'contact.tag', op: 'is', value: 'vip' }, { all: [{ field: 'campaign.clicked', op: 'did', value: { period: { in_last: { amount: 30, unit: 'day' } } } }, { none: [{ field: 'deal.status', op: 'is', value: 'open' }] }] }] }, { none: [{ field: 'contact.lifecycle_stage', op: 'is', value: 'loyalty' }] }] }, count: 64, fresh_as_of: ago(7), version: 2 }),
  segment({ name: 'Invitados al evento de diciembre', kind: 'static', count: 24, fresh_as_of: ago(1300), version: 5 }),
  segment({ name: 'Plan antiguo', conditions: { all: [{ field: 'custom.old_plan', op: 'is', value: 'gold' }, { field: 'contact.country', op: 'in', value: ['ES', 'MX'] }] }, count: 41, fresh_as_of: ago(4000), version: 3 }),
]
export const membership = new Map(segments.map((segment) => [segment.id, contacts.slice(0, segment.count).map((one) => one.id)]))
const campaign = (given) => ({
  id: id(), preheader: null, from: workspace.sender, reply_to: null, body: { format: 'html', source: '<p>Hola {{ contact.first_name | default("qué tal") }}</p><p><a href="{{ unsubscribe_url }}">Baja</a></p>' }, segment_ids: [segments[0].id], language: 'es',
  audience: null, counts: counts(), scheduled_at: null, time_zone: null, started_at: null, finished_at: null, created_at: ago(9000), updated_at: ago(5000), version: 4, warnings: [], ...given,
})
export const campaigns = [
  campaign({ name: 'Lanzamiento de la guía', subject: 'La guía que nos pediste ya está aquí', state: 'sending', audience: 812, counts: counts({ pending: 410, claimed: 10, sent: 378, delivered: 360, opened: 41, clicked: 9, suppressed: 12, parked: 2, bounced: 2 }), started_at: ago(4), delivery: { mode: 'together', window: { from: '09:00', to: '18:00', days: [1, 2, 3, 4, 5] }, per_hour: 2000, warm_up: false } }),
  campaign({
    name: 'Dos asuntos para el webinar', subject: 'Mañana, en directo: cómo vender sin perseguir', state: 'sending', held: true, audience: 620, counts: counts({ pending: 434, sent: 184, delivered: 180, opened: 61, clicked: 20, suppressed: 2 }), started_at: ago(90),
    ab_test: { what: 'subject', share: 30, variants: [{ subject: '¿Te guardamos sitio para mañana?', preheader: '', body: null, translations: {} }], winner_by: 'opens', after_minutes: 240 },
    ab: { state: 'testing', decide_at: ago(-150), decided_at: null, decided_by: '', winner: null, results: [{ variant: 0, recipients: 93, sent: 92, delivered: 90, opened: 24, clicked: 8, converted: 0, rate: 0.26 }, { variant: 1, recipients: 93, sent: 92, delivered: 90, opened: 37, clicked: 12, converted: 0, rate: 0.41 }] },
  }),
  campaign({ name: 'Invitación al evento', subject: 'Te guardamos un sitio el 4 de diciembre', state: 'scheduled', segment_ids: [segments[2].id], scheduled_at: ago(-2000), time_zone: 'America/Bogota', delivery: { mode: 'local_time', window: null, per_hour: null, warm_up: true } }),
  campaign({ name: 'Resumen de los lunes', subject: 'Lo mejor de la semana', state: 'recurring', recurrence: { every: 'week', interval: 1, at: '09:00', time_zone: 'America/Bogota', days: [1], until: null }, occurrences: { next_at: ago(-3000), made: 6, skipped: 1, last_id: '' } }),
  campaign({ name: 'Boletín de noviembre', subject: 'Tres ideas para vender mejor este mes', state: 'finished', audience: 798, counts: counts({ sent: 777, delivered: 768, opened: 352, clicked: 96, suppressed: 15, failed: 3, parked: 3, bounced: 9, complained: 1, unsubscribed: 6 }), started_at: ago(12_000), finished_at: ago(11_980), goal: { kind: 'page', url: 'https://mirlo.example/gracias', days: 7, value: null } }),
  campaign({ name: 'Boletín de octubre', subject: 'Lo que aprendimos en otoño', state: 'finished', audience: 741, counts: counts({ sent: 735, delivered: 730, opened: 301, clicked: 72, suppressed: 6, bounced: 5, unsubscribed: 4 }), started_at: ago(52_000), finished_at: ago(51_980) }),
  campaign({ name: 'Black Friday, borrador', subject: 'Solo este fin de semana', state: 'draft', warnings: [{ code: 'opt_out_added', message: 'The text has no unsubscribe link; one is added at its end.', field: 'body', blocking: false }] }),
]
const form = (given) => ({
  language: 'auto',
  fields: [
    { name: 'email', type: 'email', required: true, label: { es: 'Correo electrónico', en: 'E-mail' }, options: [], max_length: 254 },
    { name: 'first_name', type: 'first_name', required: true, label: { es: 'Nombre', en: 'First name' }, options: [], max_length: 100 },
    { name: 'company', type: 'company', required: false, label: { es: 'Empresa', en: 'Company' }, options: [], max_length: 100 },
    { name: 'interest', type: 'choice', required: false, label: { es: '¿Qué te interesa?', en: 'What interests you?' }, options: [{ value: 'crm', label: { es: 'CRM', en: 'CRM' } }, { value: 'ads', label: { es: 'Publicidad', en: 'Advertising' } }], max_length: null },
  ],
  consents: [{ id: 'marketing', purpose: 'marketing_email', required: false, text: { es: 'Quiero recibir novedades por correo.', en: 'I want to receive news by e-mail.' }, version: 2 }],
  title: { es: 'Hablemos de tu proyecto', en: 'Let us talk about your project' }, submit_label: { es: 'Enviar', en: 'Send' }, thank_you: { es: 'Gracias. Te escribimos hoy mismo.', en: 'Thank you. We will write today.' },
  redirect_url: null, source: 'web', tags: ['web'], throttle_per_minute: 30, state: 'live', version: 2, ...given,
})
export const forms = [
  form({ form_key: formKey, name: 'Formulario de contacto', counts: { accepted: 214, quarantined: 2 } }),
  form({ form_key: 'frm_webinar', name: 'Inscripción al webinar', counts: { accepted: 88, quarantined: 0 }, source: 'webinar' }),
]
export const submissions = contacts.slice(0, 20).map((one, index) => ({
  id: id(), state: index < 2 ? 'quarantined' : 'accepted', at: one.created_at, values: { email: one.emails[0].address, first_name: one.first_name, company: one.company_name ?? '', interest: 'crm' },
  reason: index === 0 ? 'trap' : index === 1 ? 'links' : null, contact_id: index < 2 ? null : one.id, lead_id: null,
}))
export const rules = {
  rules: [
    ['business_email', 'fit', { field: 'contact.email_kind', op: 'is', value: 'business' }, 15, 'Correo de empresa'],
    ['phone_given', 'fit', { field: 'contact.phone', op: 'present' }, 10, 'Ha dado su teléfono'],
    ['company_given', 'fit', { field: 'company.name', op: 'present' }, 10, 'Ha dicho su empresa'],
    ['country_given', 'fit', { field: 'contact.country', op: 'present' }, 5, 'Ha dicho su país'],
    ['form_submitted', 'engagement', { event: 'form.submitted' }, 20, 'Ha enviado un formulario'],
    ['email_opened', 'engagement', { event: 'email.opened' }, 2, 'Ha abierto un correo'],
    ['email_clicked', 'engagement', { event: 'email.clicked' }, 8, 'Ha pulsado un enlace'],
    ['unsubscribed', 'engagement', { event: 'campaign.unsubscribed' }, -20, 'Se ha dado de baja'],
  ].map(([rule, dimension, when, points, name]) => ({ id: rule, name, dimension, when, points, enabled: true, cap: 0 })),
  grades: { fit: { A: 30, B: 15 }, engagement: { 1: 40, 2: 15 } }, half_life_days: 30, version: 1,
}
export const keys = [{ id: id(), name: 'Sitio web', prefix: 'ck_live_8fK2', scopes: ['contacts:read', 'leads:read', 'leads:write', 'forms:read'], created_at: ago(40_000), expires_at: ago(-400_000), last_used_at: ago(12), version: 1 }]
export const runs = [
  { id: id(), report: 'weekly', state: 'delivered', period: { start: '2026-11-09', end: '2026-11-15', time_zone: 'America/Bogota' }, recipients: ['elena@mirlo.example', 'marcos@mirlo.example'], delivery: { message_ids: ['a'], delivered: 2, bounced: 0 }, file_url: '/report.html', csv_url: '/report.csv', created_at: ago(7000), finished_at: ago(6998) },
  { id: id(), report: 'weekly', state: 'missed', period: { start: '2026-11-02', end: '2026-11-08', time_zone: 'America/Bogota' }, recipients: ['elena@mirlo.example'], delivery: null, file_url: null, csv_url: null, created_at: ago(17_000), finished_at: null },
]
export const schedule = { enabled: true, weekday: 1, hour: 8, time_zone: 'America/Bogota', recipients: ['elena@mirlo.example'], language: 'es', next_run_at: ago(-2400), version: 1 }
