// Segments of the mock: conditions that really choose among the made-up contacts.
import * as data from './data.mjs'
import { fields as own } from './customers.mjs'

const { contacts, companies, segments, campaigns, membership, members, forms, id } = data
const now = () => new Date().toISOString()
const text = (es, en) => ({ es, en })
const plain = (given) => String(given ?? '').trim().toLowerCase()

const OPS = {
  text: ['is', 'is_not', 'in', 'not_in', 'contains', 'starts_with', 'ends_with', 'present', 'absent'],
  set: ['is', 'is_not', 'in', 'not_in', 'present', 'absent'],
  choice: ['is', 'is_not', 'in', 'not_in', 'present', 'absent'],
  number: ['at_least', 'at_most', 'is', 'is_not', 'between', 'present', 'absent'],
  money: ['at_least', 'at_most', 'between', 'present', 'absent'],
  boolean: ['is'],
  date: ['on', 'before', 'after', 'between', 'in_last', 'more_than_ago', 'in_next', 'more_than_ahead', 'anniversary_today', 'anniversary_in_next', 'anniversary_in_last', 'present', 'absent'],
  behaviour: ['did', 'did_not'],
  sample: ['between'],
}
OPS.instant = OPS.date
const WORDS = {
  is: text('es', 'is'), is_not: text('no es', 'is not'), in: text('es uno de', 'is one of'), not_in: text('no es ninguno de', 'is none of'), contains: text('contiene', 'contains'), starts_with: text('empieza por', 'starts with'), ends_with: text('termina en', 'ends with'), present: text('tiene valor', 'is given'), absent: text('está vacío', 'is missing'),
  at_least: text('es al menos', 'is at least'), at_most: text('es como mucho', 'is at most'), between: text('está entre', 'is between'), on: text('es el', 'is on'), before: text('es antes del', 'is before'), after: text('es desde el', 'is on or after'), in_last: text('en los últimos', 'in the last'), more_than_ago: text('hace más de', 'more than … ago'), in_next: text('en los próximos', 'in the next'), more_than_ahead: text('dentro de más de', 'more than … ahead'),
  anniversary_today: text('se cumple hoy', 'has its day today'), anniversary_in_next: text('se cumple en los próximos', 'comes round in the next'), anniversary_in_last: text('se cumplió en los últimos', 'came round in the last'), did: text('sí', 'yes'), did_not: text('no', 'no'),
}
const UNITS = { hour: text('horas', 'hours'), day: text('días', 'days'), week: text('semanas', 'weeks'), month: text('meses', 'months'), year: text('años', 'years') }
const field = (name, group, es, en, kind, more = {}) => ({ field: name, group, label: text(es, en), kind, operators: OPS[kind], choices: null, lookup: null, ...more })
const choice = (...pairs) => pairs.map(([value, es, en]) => ({ value, label: text(es, en) }))
const named = (items, value = 'id') => items.map((one) => ({ value: one[value], label: text(one.name, one.name) }))
const catalogue = () => ({
  groups: [['contact', 'Contacto', 'Contact'], ['custom', 'Campos propios', 'Own fields'], ['company', 'Empresa', 'Company'], ['consent', 'Consentimiento', 'Consent'], ['score', 'Puntuación', 'Score'], ['form', 'Formularios', 'Forms'], ['campaign', 'Comportamiento', 'Behaviour'], ['deal', 'Oportunidades', 'Deals'], ['date', 'Fechas', 'Dates'], ['segment', 'Segmentos', 'Segments'], ['random', 'Muestra', 'Sample']].map(([key, es, en]) => ({ key, label: text(es, en) })),
  fields: [
    field('contact.first_name', 'contact', 'Nombre', 'First name', 'text'), field('contact.last_name', 'contact', 'Apellidos', 'Last name', 'text'), field('contact.email', 'contact', 'Correo', 'E-mail', 'set', { operators: OPS.text }),
    field('contact.city', 'contact', 'Ciudad', 'City', 'text'), field('contact.country', 'contact', 'País', 'Country', 'choice', { choices: choice(['CO', 'Colombia', 'Colombia'], ['ES', 'España', 'Spain'], ['MX', 'México', 'Mexico'], ['US', 'Estados Unidos', 'United States'], ['AR', 'Argentina', 'Argentina'], ['PE', 'Perú', 'Peru'], ['CL', 'Chile', 'Chile'], ['EC', 'Ecuador', 'Ecuador'], ['UY', 'Uruguay', 'Uruguay']) }),
    field('contact.language', 'contact', 'Idioma', 'Language', 'choice', { choices: choice(['es', 'Español', 'Spanish'], ['en', 'Inglés', 'English']) }), field('contact.tag', 'contact', 'Etiqueta', 'Tag', 'set', { operators: [...OPS.set.slice(0, 4), 'contains', 'starts_with', ...OPS.set.slice(4)] }),
    field('contact.lifecycle_stage', 'contact', 'Etapa', 'Stage', 'choice', { choices: choice(['awareness', 'Concienciación', 'Awareness'], ['acquisition', 'Adquisición', 'Acquisition'], ['retention', 'Retención', 'Retention'], ['fulfilment', 'Cumplimiento', 'Fulfilment'], ['loyalty', 'Fidelización', 'Loyalty']) }),
    field('contact.owner', 'contact', 'Responsable', 'Owner', 'choice', { lookup: 'member', choices: members.map((one) => ({ value: one.user_id, label: text(one.name, one.name) })) }), field('contact.source', 'contact', 'Origen', 'Source', 'text'), field('contact.open_lead', 'contact', 'Tiene un cliente potencial abierto', 'Has an open lead', 'boolean'),
    ...own.filter((one) => one.kind === 'contact').map((one) => field(`custom.${one.key}`, 'custom', one.name, one.name, { url: 'text', multi_choice: 'set' }[one.type] ?? one.type, one.options.length ? { choices: one.options.map((option) => ({ value: option.value, label: text(option.label, option.label) })) } : {})),
    field('company.name', 'company', 'Nombre de la empresa', 'Company name', 'text'), field('company.size', 'company', 'Tamaño', 'Size', 'number'), field('company.industry', 'company', 'Sector', 'Industry', 'text'),
    field('consent.marketing_email', 'consent', 'Correos de marketing', 'Marketing e-mail', 'choice', { choices: choice(['granted', 'dado', 'granted'], ['withdrawn', 'retirado', 'withdrawn'], ['none', 'ninguno', 'none']) }),
    field('score.total', 'score', 'Puntos', 'Points', 'number'), field('score.grade', 'score', 'Grado', 'Grade', 'choice', { choices: ['A1', 'A2', 'A3', 'B1', 'B2', 'B3', 'C1', 'C2', 'C3'].map((one) => ({ value: one, label: text(one, one) })) }),
    field('form.posted', 'form', 'Envió un formulario', 'Submitted a form', 'behaviour', { lookup: 'form', choices: named(forms, 'form_key') }),
    ...[['sent', 'Recibió una campaña', 'Was sent a campaign'], ['opened', 'Abrió una campaña', 'Opened a campaign'], ['clicked', 'Pulsó un enlace', 'Clicked a link'], ['bounced', 'Su correo rebotó', 'Bounced']].map(([one, es, en]) => field(`campaign.${one}`, 'campaign', es, en, 'behaviour', { lookup: 'campaign', choices: named(campaigns.filter((campaign) => campaign.started_at)) })),
    field('deal.status', 'deal', 'Estado de sus oportunidades', 'State of their deals', 'set', { choices: choice(['open', 'abierta', 'open'], ['won', 'ganada', 'won'], ['lost', 'perdida', 'lost']) }), field('deal.won_amount', 'deal', 'Importe ganado', 'Amount won', 'money'), field('deal.won_count', 'deal', 'Oportunidades ganadas', 'Deals won', 'number'), field('deal.won', 'deal', 'Ganamos una oportunidad', 'Won a deal', 'behaviour', { lookup: 'pipeline', choices: choice(['main', 'Ventas', 'Sales']) }),
    field('date.birthday', 'date', 'Cumpleaños', 'Birthday', 'date'), field('date.created', 'date', 'Creado', 'Created', 'instant'), field('date.last_touch', 'date', 'Último contacto', 'Last touch', 'instant'),
    field('segment.member', 'segment', 'Está en el segmento', 'Is in the segment', 'set', { lookup: 'segment', choices: named(segments) }),
    field('random.sample', 'random', 'Muestra al azar', 'Random sample', 'sample'),
  ],
  operators: WORDS,
  units: UNITS,
})

// Who meets conditions
const hash = (given) => [...given].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, 7) / 2 ** 32
function valueOf(one, name) {
  const [group, key] = name.split('.')
  if (group === 'custom') return one.custom?.[key]
  if (group === 'score') return one.score[key]
  if (group === 'consent') return one.consents[0]?.state ?? 'none'
  if (group === 'company') return key === 'name' ? one.company_name : companies.find((company) => company.id === one.company_id)?.[key]
  if (group === 'segment') return segments.filter((segment) => membership.get(segment.id)?.includes(one.id)).map((segment) => segment.id)
  return { tag: one.tags, owner: one.owner_id, email: one.emails.map((email) => email.address), source: one.first_touch.source, open_lead: Boolean(one.open_lead_id), created: one.created_at, birthday: one.birthday, last_touch: one.updated_at }[key] ?? one[key]
}
const DAYS = { hour: 1 / 24, day: 1, week: 7, month: 30, year: 365 }
function holds(one, { field: name, op, value }) {
  if (name === 'random.sample') return hash(one.id + value.salt) * 100 >= value.from && hash(one.id + value.salt) * 100 < value.to
  if (op === 'did' || op === 'did_not') return (hash(one.id + name + JSON.stringify(value)) < 0.4) === (op === 'did')
  const found = valueOf(one, name)
  const all = (Array.isArray(found) ? found : [found]).filter((each) => each !== null && each !== undefined && each !== '')
  const test = (meets) => all.some((each) => meets(plain(typeof each === 'object' ? each.amount : each)))
  const days = all[0] ? (Date.now() - Date.parse(all[0])) / 86_400_000 : NaN
  switch (op) {
    case 'present': return all.length > 0
    case 'absent': return !all.length
    case 'is': return test((each) => each === plain(value))
    case 'is_not': return !test((each) => each === plain(value))
    case 'in': return test((each) => value.map(plain).includes(each))
    case 'not_in': return !test((each) => value.map(plain).includes(each))
    case 'contains': return test((each) => each.includes(plain(value)))
    case 'starts_with': return test((each) => each.startsWith(plain(value)))
    case 'ends_with': return test((each) => each.endsWith(plain(value)))
    case 'at_least': return test((each) => Number(each) >= Number(value.amount ?? value))
    case 'at_most': return test((each) => Number(each) <= Number(value.amount ?? value))
    case 'in_last': return days <= value.amount * DAYS[value.unit]
    case 'more_than_ago': return days > value.amount * DAYS[value.unit]
    default: return hash(one.id + name + op) < 0.2
  }
}
function meets(one, given) {
  if (given.all) return given.all.every((part) => meets(one, part))
  if (given.any) return given.any.some((part) => meets(one, part))
  if (given.none) return !given.none.some((part) => meets(one, part))
  return holds(one, given)
}
function sentence(given, language, known = catalogue(), depth = 0) {
  const match = ['all', 'any', 'none'].find((one) => one in given)
  if (match) {
    const joined = given[match].map((part) => sentence(part, language, known, depth + 1)).join({ all: { es: ' y ', en: ' and ' }, any: { es: ' o ', en: ' or ' }, none: { es: ' o ', en: ' or ' } }[match][language])
    return match === 'none' ? `${language === 'es' ? 'nada de' : 'none of'} (${joined})` : depth && given[match].length > 1 ? `(${joined})` : joined
  }
  const about = known.fields.find((one) => one.field === given.field)
  const say = (one) => about?.choices?.find((each) => each.value === one)?.label[language] ?? one
  const value = given.value
  const said = value === undefined ? '' : Array.isArray(value) ? value.map(say).join(', ') : typeof value === 'object' ? [value.amount ?? '', value.from ?? '', value.to ?? '', value.unit ? UNITS[value.unit][language] : '', value.period?.in_last ? `${value.period.in_last.amount} ${UNITS[value.period.in_last.unit][language]}` : ''].filter((one) => one !== '').join(' ') : say(value)
  return [about?.label[language] ?? given.field, WORDS[given.op]?.[language] ?? given.op, said].filter((one) => one !== '').join(' ')
}
function problemsOf(given, path = 'conditions', known = catalogue()) {
  const match = ['all', 'any', 'none'].find((one) => one in given)
  if (match) return given[match].flatMap((part, index) => problemsOf(part, `${path}.${match}.${index}`, known))
  return known.fields.some((one) => one.field === given.field) ? [] : [{ field: `${path}.field`, code: 'gone', message: 'This field is no longer there.', about: given.field }]
}
const shown = (one) => {
  const problems = one.conditions ? problemsOf(one.conditions) : []
  return { ...one, problems, count: problems.length ? 0 : one.count, sentence: one.conditions ? { es: sentence(one.conditions, 'es'), en: sentence(one.conditions, 'en') } : null }
}
const short = (one) => ({ id: one.id, display_name: one.display_name, email: one.emails[0].address, company_name: one.company_name ?? '', grade: one.score.grade })

function fill(segment) {
  const found = contacts.filter((one) => meets(one, segment.conditions)).map((one) => one.id)
  Object.assign(segment, { state: 'filling', progress: { done: 0, total: contacts.length }, fresh_as_of: null })
  for (let part = 1; part <= 4; part++) setTimeout(() => {
    segment.progress = { done: Math.round((contacts.length * part) / 4), total: contacts.length }
    if (part < 4) return
    membership.set(segment.id, found)
    Object.assign(segment, { state: 'ready', progress: null, fresh_as_of: now(), count: found.length })
  }, part * 600)
}

export function segmentRoutes(on, { page, patch, byId, Problem }) {
  on('GET', '/segments/fields', catalogue)
  on('GET', '/segments', ({ query }) => page(segments.map(shown), query))
  on('POST', '/segments', ({ body }) => {
    const { contact_ids: given = [], ...rest } = body
    const segment = { id: id(), conditions: null, ...rest, count: given.length, state: 'ready', progress: null, fresh_as_of: now(), created_at: now(), updated_at: now(), version: 1 }
    membership.set(segment.id, given)
    segments.unshift(segment)
    if (segment.conditions) fill(segment)
    return [201, shown(segment)]
  })
  on('POST', '/segments/preview', ({ body }) => {
    const problems = problemsOf(body.conditions)
    const found = problems.length ? [] : contacts.filter((one) => meets(one, body.conditions))
    return { count: found.length, exact: true, evaluated: contacts.length, total: contacts.length, sample: found.slice(0, 20).map(short), sentence: { es: sentence(body.conditions, 'es'), en: sentence(body.conditions, 'en') }, problems }
  })
  on('GET', '/segments/{id}', ({ ids }) => shown(byId(segments, ids[0])))
  on('PATCH', '/segments/{id}', ({ ids, body }) => {
    const segment = byId(segments, ids[0])
    if (body.version !== segment.version) throw new Problem(409, 'Changed meanwhile.', { current: shown(segment) })
    patch(segment, body)
    if (body.conditions) fill(segment)
    return shown(segment)
  })
  on('POST', '/segments/{id}/freeze', ({ ids, body }) => {
    const given = membership.get(byId(segments, ids[0]).id)
    const made = { id: id(), name: body.name, kind: 'static', conditions: null, count: given.length, state: 'ready', progress: null, fresh_as_of: now(), created_at: now(), updated_at: now(), version: 1 }
    membership.set(made.id, [...given])
    segments.unshift(made)
    return [201, shown(made)]
  })
  on('DELETE', '/segments/{id}', ({ ids }) => (segments.splice(segments.findIndex((one) => one.id === ids[0]), 1), [204]))
  on('GET', '/segments/{id}/contacts', ({ ids, query }) => page((problemsOf(byId(segments, ids[0]).conditions ?? { all: [] }).length ? [] : (membership.get(ids[0]) ?? [])).map((one) => short(byId(contacts, one))), query))
  const changed = (ids, given) => {
    membership.set(ids[0], given)
    return shown(Object.assign(byId(segments, ids[0]), { count: given.length }))
  }
  on('POST', '/segments/{id}/contacts', ({ ids, body }) => {
    const before = membership.get(ids[0])
    const whose = (email) => contacts.find((one) => one.emails.some((each) => each.address === email.toLowerCase()))
    const given = body.emails ?? []
    const found = given.filter(whose).map((email) => ({ email, id: whose(email).id, display_name: whose(email).display_name, added: !before.includes(whose(email).id) }))
    const invalid = given.filter((email) => !/^[^@]+@[^@]+\.[^@]+$/.test(email))
    const segment = changed(ids, [...new Set([...(body.contact_ids ?? found.map((one) => one.id)), ...before])])
    return { ...segment, found, unknown: given.filter((email) => !whose(email) && !invalid.includes(email)), invalid }
  })
  on('DELETE', '/segments/{id}/contacts', ({ ids, body }) => changed(ids, membership.get(ids[0]).filter((one) => !body.contact_ids.includes(one))))
}
