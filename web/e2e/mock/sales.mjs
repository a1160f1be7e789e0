// Sales and tasks of the mock: pipelines, deals, products, quotes, forecast, tasks and what settings they have.
import * as data from './data.mjs'

const { contacts, companies, leads, members, id, ago, user } = data
const now = () => new Date().toISOString()
const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
const at = (days, hour, minute = 0) => {
  const moment = new Date(Date.now() + days * 86_400_000)
  moment.setHours(hour, minute, 0, 0)
  return moment.toISOString()
}
const stage = (key, name, probability, forecast = 'pipeline', extra = {}) => ({ id: key, name, probability, forecast, rotting_days: 14, required_fields: [], ...extra })
export const pipelines = [
  {
    id: id(), name: 'Ventas', position: 0, archived: false, version: 2, lost_reasons: ['Precio', 'Se queda como está', 'Competencia', 'Sin respuesta'],
    stages: [stage('contactado', 'Contactado', 10), stage('reunion', 'Reunión', 25), stage('propuesta', 'Propuesta', 50, 'best_case', { required_fields: ['amount', 'expected_close'], rotting_days: 10 }), stage('negociacion', 'Negociación', 75, 'commit', { rotting_days: 7 }), stage('firma', 'Por firmar', 90, 'commit', { rotting_days: 5 })],
  },
  { id: id(), name: 'Renovaciones', position: 1, archived: false, version: 1, lost_reasons: ['Cierra el negocio'], stages: [stage('aviso', 'Aviso', 60), stage('oferta', 'Oferta', 80, 'commit')] },
]
export const products = [
  ['Plan Básico', 'BAS', '49.00', 21], ['Plan Equipo', 'EQU', '129.00', 21], ['Puesta en marcha', 'IMP', '900.00', 21], ['Formación, por día', 'FOR', '450.00', 10], ['Integración a medida', 'INT', '2400.00', 21],
].map(([name, code, unit_price, tax]) => ({ id: id(), name, code, unit_price, currency: 'USD', tax_percent: String(tax), active: true, version: 1, created_at: ago(90_000), updated_at: ago(90_000) }))

const cents = (value) => Math.round((value + Number.EPSILON) * 100) / 100
const figures = (lines) => {
  const sum = { subtotal: 0, discount: 0, tax: 0 }
  const shown = lines.map((line, index) => {
    const gross = cents(Number(line.quantity) * Number(line.unit_price))
    const discount = cents((gross * Number(line.discount_percent || 0)) / 100)
    const tax = cents(((gross - discount) * Number(line.tax_percent || 0)) / 100)
    sum.subtotal += gross
    sum.discount += discount
    sum.tax += tax
    return { discount_percent: '0', tax_percent: '0', product_id: null, ...line, id: line.id ?? `l${index + 1}`, total: (gross - discount + tax).toFixed(2) }
  })
  return { lines: shown, totals: { subtotal: sum.subtotal.toFixed(2), discount: sum.discount.toFixed(2), tax: sum.tax.toFixed(2), total: (sum.subtotal - sum.discount + sum.tax).toFixed(2) } }
}
const titles = ['Tienda en línea', 'Rediseño de la web', 'CRM para ventas', 'Campaña de otoño', 'Portal de clientes', 'Auditoría SEO', 'App de reservas', 'Soporte anual', 'Migración de datos', 'Formación del equipo']
let rank = 0
const makeDeal = (given) => {
  const contact = given.contact_id ? contacts.find((one) => one.id === given.contact_id) : null
  const company = given.company_id ? companies.find((one) => one.id === given.company_id) : null
  const { lines, totals } = figures(given.lines ?? [])
  return {
    id: id(), description: '', amount: '0', currency: 'USD', pipeline_id: pipelines[0].id, stage_id: pipelines[0].stages[0].id, status: 'open', owner_id: user.user_id, expected_close: null, custom: {},
    lost_reason: null, won_reason: null, closed_at: null, last_activity_at: now(), rotting: false, created_at: now(), updated_at: now(), version: 1, ...given, lines, totals, amount: lines.length ? totals.total : (given.amount ?? '0'),
    contact_id: contact?.id ?? null, contact_name: contact?.display_name ?? null, company_id: company?.id ?? null, company_name: company?.name ?? null, rank: ++rank,
  }
}
export const deals = []
for (let index = 0; index < 64; index++) {
  const contact = contacts[index * 3]
  const pipeline = pipelines[index % 8 === 7 ? 1 : 0]
  const status = index < 46 ? 'open' : index % 3 === 0 ? 'lost' : 'won'
  const one = pipeline.stages[Math.min(pipeline.stages.length - 1, Math.floor((index * 7) % 11) % pipeline.stages.length)]
  const lines = index % 4 === 0 ? [{ product_id: products[1].id, name: products[1].name, quantity: '12', unit_price: '129.00', discount_percent: index % 8 ? '0' : '10', tax_percent: '21' }, { product_id: products[2].id, name: products[2].name, quantity: '1', unit_price: '900.00', discount_percent: '0', tax_percent: '21' }] : []
  deals.push(makeDeal({
    title: `${titles[index % titles.length]}${index >= titles.length ? ` ${Math.floor(index / titles.length) + 1}` : ''}`, amount: String(400 + ((index * 1370) % 18_000)), currency: index % 13 === 12 ? 'EUR' : 'USD', lines,
    pipeline_id: pipeline.id, stage_id: one.id, status, contact_id: contact.id, company_id: contact.company_id, owner_id: members[[0, 2, 0, 2, 1][index % 5]].user_id,
    expected_close: status === 'open' ? day(((index * 5) % 80) - 8) : day(-(index % 40)), rotting: status === 'open' && index % 6 === 1, last_activity_at: ago(60 * 24 * (index % 6 === 1 ? 22 : index % 9)),
    closed_at: status === 'open' ? null : ago(1440 * (index % 40)), lost_reason: status === 'lost' ? 'Precio' : null, won_reason: status === 'won' ? 'Respondimos antes' : null, created_at: ago(1440 * (10 + index)), updated_at: ago(300 + index),
  }))
}
deals.unshift(makeDeal({ title: 'Catálogo y fotos', amount: '0', stage_id: 'reunion', contact_id: contacts[4].id, company_id: contacts[4].company_id }))

const policy = { enabled: true, limits: [{ above_amount: '10000.00', currency: 'USD' }], discount_above_percent: '15', role: 'admin', version: 1 }
const rates = { base: 'USD', rates: [{ currency: 'COP', rate: '0.00024', from: day(-60) }], version: 1 }
const makeQuote = (deal, given = {}) => {
  const { lines, totals } = figures(given.lines ?? deal.lines ?? [])
  return {
    id: id(), number: null, deal_id: deal.id, contact_id: deal.contact_id, contact_name: deal.contact_name, company_id: deal.company_id, company_name: deal.company_name, title: deal.title, currency: deal.currency, valid_until: day(30), terms: 'Pago a 30 días.', language: 'es',
    state: 'draft', pdf_url: null, accept_url: null, approval: { needed: [], history: [], may_decide: false, role: null }, accepted: null, declined: null, delivery: null, superseded_by: null, revision: 1, created_at: now(), updated_at: now(), version: 1, ...given, lines, totals,
  }
}
export const quotes = [
  makeQuote(deals[1]),
  makeQuote(deals[5], { state: 'pending_approval', approval: { needed: [{ reason: 'amount', limit: '10000.00' }, { reason: 'discount', limit: '15' }], history: [{ at: ago(95), actor: members[2].user_id, action: 'submitted', comment: 'El cliente compra para tres tiendas.' }], may_decide: true, role: 'admin' }, created_at: ago(400) }),
  makeQuote(deals[9], { state: 'issued', number: 'Q-2026-0007', pdf_url: '/report.html', accept_url: 'http://localhost/q/demo', created_at: ago(3000) }),
  makeQuote(deals[13], { state: 'accepted', number: 'Q-2026-0006', pdf_url: '/report.html', accept_url: null, accepted: { at: ago(1200), name: 'Lucía Peña', ip: '192.0.2.4' }, created_at: ago(6000) }),
  makeQuote(deals[17], { state: 'expired', number: 'Q-2026-0005', pdf_url: '/report.html', valid_until: day(-3), created_at: ago(60_000) }),
]

const makeTask = (given) => ({
  id: id(), title: '', note: '', kind: 'todo', due_at: null, has_time: true, remind_at: null, repeat: null, assignee_id: user.user_id, about: null, contact_id: null, priority: 'normal', state: 'open', done_at: null, done_by: null, created_at: now(), updated_at: now(), version: 1, ...given,
})
const about = (kind, one) => ({ kind, id: one.id, title: kind === 'deal' ? one.title : one.display_name })
export const tasks = [
  makeTask({ title: 'Enviar la propuesta revisada', due_at: at(-2, 12), about: about('deal', deals[3]), priority: 'high' }),
  makeTask({ title: 'Llamar a Lucía por la renovación', kind: 'call', due_at: at(-1, 17), about: about('contact', contacts[5]) }),
  makeTask({ title: 'Preparar la reunión de las once', due_at: at(0, 23, 30), remind_at: at(0, 23), about: about('deal', deals[6]) }),
  makeTask({ title: 'Escribir el resumen de la semana', kind: 'email', due_at: at(0, 12), has_time: false, repeat: { rrule: 'FREQ=WEEKLY;BYDAY=MO' } }),
  makeTask({ title: 'Reunión con Café Andino', kind: 'meeting', due_at: at(1, 10), about: about('contact', contacts[9]) }),
  makeTask({ title: 'Revisar el contrato', due_at: at(2, 9), about: about('deal', deals[8]), priority: 'low', assignee_id: members[2].user_id }),
  makeTask({ title: 'Comprobar el pago', due_at: at(12, 9), has_time: false }),
  makeTask({ title: 'Ordenar la lista de precios' }),
  makeTask({ title: 'Confirmar la dirección', state: 'done', done_at: ago(200), done_by: user.user_id, due_at: at(-1, 9) }),
]
const zone = (task) => {
  if (!task.due_at) return 'later'
  const due = new Date(task.due_at)
  const [start, end] = [new Date(), new Date()]
  start.setHours(0, 0, 0, 0)
  end.setHours(23, 59, 59, 999)
  if (due < start || (task.has_time && due < new Date())) return 'overdue'
  if (due <= end) return 'today'
  return due.getTime() <= end.getTime() + 6 * 86_400_000 ? 'week' : 'later'
}
const rules = {
  version: 1,
  rules: [
    { id: 'r1', name: 'Ferias y eventos', enabled: true, when: [{ field: 'source', op: 'in', value: ['evento', 'feria'] }], strategy: 'fixed', members: [members[2].user_id] },
    { id: 'r2', name: 'Colombia', enabled: true, when: [{ field: 'country', op: 'is', value: 'CO' }], strategy: 'round_robin', members: [members[0].user_id, members[2].user_id] },
    { id: 'r3', name: 'Todos los demás', enabled: false, when: [], strategy: 'least_loaded', members: [members[0].user_id, members[1].user_id, members[2].user_id] },
  ],
}
const target = { minutes: 60, enabled: true, working_hours: [1, 2, 3, 4, 5].flatMap((weekday) => [{ weekday, from: '09:00', to: '14:00' }, { weekday, from: '15:30', to: '18:30' }]), holidays: ['2026-12-08', '2026-12-25'], version: 1 }
let feed = { url: null, created_at: null }

leads.forEach((lead, index) => {
  const minutes = (Date.now() - Date.parse(lead.created_at)) / 60_000
  const respond = new Date(Date.parse(lead.created_at) + (index < 6 ? 90 : 60) * 60_000).toISOString()
  Object.assign(lead, { custom: {}, respond_by: respond, first_response_at: lead.status === 'new' ? null : lead.updated_at, overdue: lead.status === 'new' && minutes > 90 && index < 40, deal_id: null, company_id: null, converted_at: null })
})

/** Registers the routes; `tools` are the mock's own helpers. */
export function sales(on, { page, patch, byId, Problem }) {
  const missing = () => {
    throw new Problem(422, 'A name is missing.', { errors: [{ field: 'name', message: 'Give it a name.', code: 'missing' }] })
  }
  on('GET', '/pipelines', ({ query }) => page(pipelines, query))
  on('POST', '/pipelines', ({ body }) => {
    const one = { id: id(), lost_reasons: [], position: pipelines.length, archived: false, ...body, version: 1 }
    pipelines.push(one)
    return [201, one]
  })
  on('PATCH', '/pipelines/{id}', ({ ids, body }) => patch(byId(pipelines, ids[0]), body))
  on('DELETE', '/pipelines/{id}', ({ ids }) => {
    if (deals.some((deal) => deal.pipeline_id === ids[0] && deal.status === 'open')) throw new Problem(409, 'It has open deals.')
    pipelines.splice(pipelines.indexOf(byId(pipelines, ids[0])), 1)
    return [204]
  })
  const wanted = (query) => (deal) => {
    const owner = query.get('owner_id')
    const mine = owner === 'me' ? user.user_id : owner
    if (owner === 'none' ? deal.owner_id : mine && deal.owner_id !== mine) return false
    if (query.get('rotting') === 'true' && !deal.rotting) return false
    return ['pipeline_id', 'stage_id', 'status', 'contact_id', 'company_id'].every((key) => !query.get(key) || deal[key] === query.get(key))
  }
  const byRank = (a, b) => a.rank - b.rank
  on('GET', '/pipelines/{id}/board', ({ ids, query }) => {
    const pipeline = byId(pipelines, ids[0])
    const limit = Number(query.get('limit') ?? 25)
    const start = Number(query.get('cursor') ?? 0)
    const fits = wanted(query)
    return {
      pipeline_id: pipeline.id,
      columns: pipeline.stages.filter((one) => !query.get('stage_id') || one.id === query.get('stage_id')).map((one) => {
        const all = deals.filter((deal) => deal.pipeline_id === pipeline.id && deal.stage_id === one.id && deal.status === 'open' && fits(deal)).sort(byRank)
        const sums = {}
        for (const deal of all) sums[deal.currency] = (sums[deal.currency] ?? 0) + Number(deal.amount)
        return { stage_id: one.id, count: all.length, totals: Object.entries(sums).map(([currency, amount]) => ({ currency, amount: amount.toFixed(2), weighted: ((amount * one.probability) / 100).toFixed(2) })), deals: all.slice(start, start + limit), next_cursor: all.length > start + limit ? String(start + limit) : null }
      }),
    }
  })
  on('GET', '/deals', ({ query }) => {
    const sort = query.get('sort') ?? '-created'
    const key = { title: (one) => one.title, amount: (one) => Number(one.amount), expected_close: (one) => one.expected_close ?? '9', owner: (one) => one.owner_id, idle_since: (one) => one.last_activity_at ?? '', created: (one) => one.created_at }[sort.replace('-', '')] ?? ((one) => one.rank)
    const list = deals.filter(wanted(query)).sort((a, b) => (key(a) < key(b) ? -1 : 1) * (sort.startsWith('-') ? -1 : 1))
    return page(list, query)
  })
  on('POST', '/deals', ({ body }) => {
    if (!body.title) missing()
    const pipeline = pipelines.find((one) => one.id === body.pipeline_id) ?? pipelines[0]
    const deal = makeDeal({ ...body, pipeline_id: pipeline.id, stage_id: body.stage_id ?? pipeline.stages[0].id })
    deal.rank = Math.min(...deals.map((one) => one.rank)) - 1
    deals.unshift(deal)
    return [201, deal]
  })
  on('GET', '/deals/{id}', ({ ids }) => byId(deals, ids[0]))
  on('PATCH', '/deals/{id}', ({ ids, body }) => {
    const deal = patch(byId(deals, ids[0]), body)
    if (body.lines) {
      Object.assign(deal, figures(body.lines))
      if (deal.lines.length) deal.amount = deal.totals.total
    }
    if ('contact_id' in body) deal.contact_name = contacts.find((one) => one.id === body.contact_id)?.display_name ?? null
    if ('company_id' in body) deal.company_name = companies.find((one) => one.id === body.company_id)?.name ?? null
    return deal
  })
  const bin = []
  on('DELETE', '/deals/{id}', ({ ids }) => (bin.push(...deals.splice(deals.indexOf(byId(deals, ids[0])), 1)), [204]))
  on('POST', '/deals/{id}/restore', ({ ids }) => {
    const deal = byId(bin, ids[0])
    deals.unshift(deal)
    return deal
  })
  on('POST', '/deals/{id}/move', ({ ids, body }) => {
    const deal = byId(deals, ids[0])
    const pipeline = byId(pipelines, body.pipeline_id ?? deal.pipeline_id)
    const to = pipeline.stages.find((one) => one.id === body.stage_id)
    const lacking = body.stage_id === deal.stage_id ? [] : to.required_fields.filter((field) => (field === 'amount' ? Number(deal.amount) <= 0 : !deal[field]))
    if (lacking.length) throw new Problem(422, 'The stage needs more.', { errors: lacking.map((field) => ({ field, message: 'Needed here.', code: 'required' })) })
    const others = deals.filter((one) => one.pipeline_id === deal.pipeline_id && one.stage_id === body.stage_id && one.status === 'open' && one.id !== deal.id).sort(byRank)
    const index = body.before_id ? others.findIndex((one) => one.id === body.before_id) : body.after_id ? others.findIndex((one) => one.id === body.after_id) + 1 : 0
    const [above, below] = [others[index - 1]?.rank, others[index]?.rank]
    patch(deal, { version: body.version, stage_id: body.stage_id })
    deal.rank = above === undefined ? (below ?? 1) - 1 : below === undefined ? above + 1 : (above + below) / 2
    deal.rotting = false
    return deal
  })
  const end = (status) => ({ ids, body }) => patch(byId(deals, ids[0]), { version: body.version, status, closed_at: status === 'open' ? null : now(), [status === 'won' ? 'won_reason' : 'lost_reason']: status === 'open' ? null : (body.reason ?? null) })
  on('POST', '/deals/{id}/win', end('won'))
  on('POST', '/deals/{id}/lose', end('lost'))
  on('POST', '/deals/{id}/reopen', end('open'))
  on('GET', '/deals/{id}/history', ({ ids, query }) => {
    const deal = byId(deals, ids[0])
    const stages = byId(pipelines, deal.pipeline_id).stages
    const until = stages.findIndex((one) => one.id === deal.stage_id)
    const rows = stages.slice(0, until + 1).map((one, index) => ({ at: ago(1440 * (until - index + 1) * 3), from_stage_id: stages[index - 1]?.id ?? null, to_stage_id: one.id, id: `h${index}`, what: index ? 'moved' : 'created', pipeline_id: deal.pipeline_id, status: 'open', actor: deal.owner_id, seconds: index ? 86_400 * (2 + index) : null }))
    return page(rows.reverse(), query)
  })
  on('GET', '/deals/{id}/timeline', ({ ids, query }) => page(byId(deals, ids[0]) ? [{ id: `a${ids[0]}`, at: ago(500), kind: 'deal_created', title_key: 'timeline.deal_created', data: {}, actor: user.user_id }] : [], query))

  on('GET', '/products', ({ query }) => page(products.filter((one) => !query.get('active') || String(one.active) === query.get('active')), query))
  on('POST', '/products', ({ body }) => {
    const one = { id: id(), code: '', tax_percent: '0', active: true, currency: 'USD', ...body, version: 1, created_at: now(), updated_at: now() }
    products.push(one)
    return [201, one]
  })
  on('PATCH', '/products/{id}', ({ ids, body }) => patch(byId(products, ids[0]), body))
  on('DELETE', '/products/{id}', ({ ids }) => (products.splice(products.indexOf(byId(products, ids[0])), 1), [204]))
  on('GET', '/exchange-rates', () => rates)
  on('PUT', '/exchange-rates', ({ body }) => patch(rates, body))
  on('GET', '/approval-policy', () => policy)
  on('PUT', '/approval-policy', ({ body }) => patch(policy, body))

  on('GET', '/quotes', ({ query }) => page(quotes.filter((one) => ['deal_id', 'state'].every((key) => !query.get(key) || one[key] === query.get(key))), query))
  on('POST', '/quotes', ({ body }) => {
    const deal = byId(deals, body.deal_id)
    const quote = makeQuote(deal, body)
    quotes.unshift(quote)
    return [201, quote]
  })
  on('GET', '/quotes/{id}', ({ ids }) => byId(quotes, ids[0]))
  on('PATCH', '/quotes/{id}', ({ ids, body }) => {
    const quote = patch(byId(quotes, ids[0]), body)
    if (body.lines) Object.assign(quote, figures(body.lines))
    return quote
  })
  on('DELETE', '/quotes/{id}', ({ ids }) => (quotes.splice(quotes.indexOf(byId(quotes, ids[0])), 1), [204]))
  const act = (action, change) => on('POST', `/quotes/{id}/${action}`, ({ ids, body }) => {
    const quote = byId(quotes, ids[0])
    const { version, comment = '' } = body
    const changed = patch(quote, { version, ...change(quote) })
    if (action !== 'issue') changed.approval = { ...changed.approval, history: [...changed.approval.history, { at: now(), actor: user.user_id, action: { submit: 'submitted', approve: 'approved', reject: 'rejected', issue: 'issued' }[action], comment }] }
    return changed
  })
  act('submit', (quote) => (Number(quote.totals.total) > 10_000 ? { state: 'pending_approval', approval: { ...quote.approval, needed: [{ reason: 'amount', limit: '10000.00' }], may_decide: true } } : { state: 'approved' }))
  act('approve', () => ({ state: 'approved' }))
  act('reject', () => ({ state: 'rejected' }))
  let number = 7
  act('issue', (quote) => ({ state: 'issued', number: quote.number ?? `Q-2026-${String(++number).padStart(4, '0')}`, pdf_url: '/report.html', accept_url: `http://localhost/q/${quote.id}` }))
  on('POST', '/quotes/{id}/revise', ({ ids }) => {
    const old = byId(quotes, ids[0])
    const quote = { ...structuredClone(old), id: id(), number: null, state: 'draft', pdf_url: null, accept_url: null, accepted: null, approval: { needed: [], history: [], may_decide: false, role: null }, version: 1, created_at: now() }
    Object.assign(old, { state: 'superseded', superseded_by: quote.id })
    quotes.unshift(quote)
    return [201, quote]
  })

  on('GET', '/forecast', ({ query }) => {
    const owner = query.get('owner_id') === 'me' ? user.user_id : query.get('owner_id')
    const first = new Date(`${query.get('from') ?? day(0).slice(0, 7)}-15T00:00:00Z`)
    const last = query.get('to') ?? '9999'
    const months = []
    for (let index = 0; index < 24; index++) {
      const month = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + index, 15)).toISOString().slice(0, 7)
      if (month > last) break
      for (const member of members.slice(0, 3)) {
        if (owner && member.user_id !== owner) continue
        const sums = { committed: 0, best_case: 0, weighted: 0, won: 0 }
        for (const deal of deals) {
          if (deal.owner_id !== member.user_id || deal.currency !== 'USD' || (deal.expected_close ?? '').slice(0, 7) !== month || (query.get('pipeline_id') && deal.pipeline_id !== query.get('pipeline_id'))) continue
          const one = byId(pipelines, deal.pipeline_id).stages.find((each) => each.id === deal.stage_id)
          const amount = Number(deal.amount)
          if (deal.status === 'won') sums.won += amount
          if (deal.status !== 'open') continue
          sums.weighted += (amount * one.probability) / 100
          if (one.forecast === 'commit') sums.committed += amount
          if (one.forecast === 'best_case' || one.forecast === 'commit') sums.best_case += amount
        }
        months.push({ month, owner_id: member.user_id, ...Object.fromEntries(Object.entries(sums).map(([key, value]) => [key, value.toFixed(2)])) })
      }
    }
    const total = (key) => months.reduce((sum, one) => sum + Number(one[key]), 0).toFixed(2)
    return { currency: 'USD', missing_rates: ['EUR'], months, undated: { committed: '0.00', best_case: '0.00', weighted: '1240.00', won: '0.00' }, totals: { committed: total('committed'), best_case: total('best_case'), weighted: total('weighted'), won: total('won') } }
  })
  on('GET', '/sales-cycle', ({ query }) => {
    const pipeline = pipelines.find((one) => one.id === query.get('pipeline_id')) ?? pipelines[0]
    let left = 84
    return {
      stages: pipeline.stages.map((one, index) => {
        const entered = left
        left = Math.round(entered * (0.82 - index * 0.05))
        return { stage_id: one.id, entered, left_forward: left, left_back: 1, lost: Math.round((entered - left) * 0.7), conversion_percent: Math.round((left / entered) * 1000) / 10, median_days: 3 + index * 1.5, average_days: 4.2 + index * 2 }
      }),
      pipeline_id: pipeline.id,
      won: { count: left, average_days: 31.4, median_days: 27 },
    }
  })

  on('GET', '/tasks', ({ query }) => {
    const who = query.get('assignee_id') === 'me' ? user.user_id : query.get('assignee_id')
    const list = tasks.filter((task) => (!who || task.assignee_id === who) && task.state === (query.get('state') ?? 'open') && (!query.get('when') || zone(task) === query.get('when')) && (!query.get('about_id') || task.about?.id === query.get('about_id')) && (!query.get('contact_id') || task.contact_id === query.get('contact_id') || task.about?.id === query.get('contact_id')))
    return page(list.sort((a, b) => ((a.due_at ?? '9') < (b.due_at ?? '9') ? -1 : 1)), query)
  })
  on('POST', '/tasks', ({ body }) => {
    const task = makeTask(body)
    tasks.unshift(task)
    return [201, task]
  })
  on('GET', '/tasks/{id}', ({ ids }) => byId(tasks, ids[0]))
  on('PATCH', '/tasks/{id}', ({ ids, body }) => patch(byId(tasks, ids[0]), body))
  const taskBin = []
  on('DELETE', '/tasks/{id}', ({ ids }) => (taskBin.push(...tasks.splice(tasks.indexOf(byId(tasks, ids[0])), 1)), [204]))
  on('POST', '/tasks/{id}/restore', ({ ids }) => {
    const task = byId(taskBin, ids[0])
    tasks.push(task)
    return task
  })
  on('POST', '/tasks/{id}/complete', ({ ids, body }) => {
    const task = patch(byId(tasks, ids[0]), { version: body.version ?? byId(tasks, ids[0]).version, state: 'done', done_at: now(), done_by: user.user_id })
    let next = null
    if (task.repeat) {
      next = makeTask({ ...task, id: id(), state: 'open', done_at: null, done_by: null, version: 1, due_at: new Date(Date.parse(task.due_at) + 7 * 86_400_000).toISOString() })
      tasks.push(next)
    }
    return { task, next }
  })
  on('POST', '/tasks/{id}/reopen', ({ ids, body }) => patch(byId(tasks, ids[0]), { version: body.version ?? byId(tasks, ids[0]).version, state: 'open', done_at: null, done_by: null }))
  on('GET', '/my-day', () => {
    const mine = tasks.filter((task) => task.assignee_id === user.user_id && task.state === 'open' && task.due_at)
    const of = (when) => mine.filter((task) => zone(task) === when)
    return {
      overdue: of('overdue'), today: of('today'), upcoming: of('week'),
      meetings: [{ id: 'm1', at: at(0, 11), ends_at: at(0, 11, 45), subject: 'Demostración del CRM', about_kind: 'contact', about_id: contacts[9].id, contact_id: contacts[9].id, contact_name: contacts[9].display_name }, { id: 'm2', at: at(0, 16, 30), ends_at: at(0, 17), subject: 'Cierre con Textiles del Valle', about_kind: 'contact', about_id: contacts[12].id, contact_id: contacts[12].id, contact_name: contacts[12].display_name }],
      leads_to_answer: leads.filter((lead) => lead.status === 'new' && lead.respond_by).slice(0, 6),
    }
  })
  on('GET', '/calendar-feed', () => feed)
  on('POST', '/calendar-feed', () => [201, (feed = { url: `http://localhost/calendar/${id()}${id()}.ics`, created_at: now() })])
  on('DELETE', '/calendar-feed', () => ((feed = { url: null, created_at: null }), [204]))

  on('GET', '/assignment-rules', () => rules)
  on('PUT', '/assignment-rules', ({ body }) => patch(rules, body))
  on('GET', '/response-target', () => target)
  on('PUT', '/response-target', ({ body }) => patch(target, body))
  on('GET', '/leads', ({ query }) => {
    const owner = query.get('owner_id')
    const mine = owner === 'me' ? user.user_id : owner
    const list = leads.filter((lead) => (!query.get('status') || lead.status === query.get('status')) && (!query.get('source') || lead.source === query.get('source')) && (query.get('overdue') !== 'true' || lead.overdue) && (owner === 'none' ? !lead.owner_id : !mine || lead.owner_id === mine))
    return page(list, query)
  })
  on('POST', '/leads', ({ body }) => {
    const known = body.contact_id ? contacts.find((one) => one.id === body.contact_id) : null
    const made = data.makeContact(0.01, { email: body.contact?.email, first_name: body.contact?.first_name ?? known?.first_name, last_name: body.contact?.last_name ?? known?.last_name ?? '', source: body.source ?? 'a mano' })
    Object.assign(made.lead, { owner_id: body.owner_id ?? null, custom: {}, respond_by: new Date(Date.now() + 3_600_000).toISOString(), first_response_at: null, overdue: false, deal_id: null, company_id: null, converted_at: null })
    return [201, made.lead]
  })
  const status = (value) => ({ ids, body }) => patch(byId(leads, ids[0]), { version: body.version ?? byId(leads, ids[0]).version, status: value, disqualify_reason: body.reason ?? null, overdue: false, first_response_at: now() })
  on('POST', '/leads/{id}/qualify', status('qualified'))
  on('POST', '/leads/{id}/disqualify', status('disqualified'))
  on('POST', '/leads/{id}/reopen', status('working'))
  const leadBin = []
  on('DELETE', '/leads/{id}', ({ ids }) => (leadBin.push(...leads.splice(leads.indexOf(byId(leads, ids[0])), 1)), [204]))
  on('POST', '/leads/{id}/restore', ({ ids }) => {
    const lead = byId(leadBin, ids[0])
    leads.unshift(lead)
    return lead
  })
  on('POST', '/leads/{id}/convert', ({ ids, body }) => {
    const lead = byId(leads, ids[0])
    const contact = contacts.find((one) => one.id === lead.contact_id)
    let company = body.company?.id ? companies.find((one) => one.id === body.company.id) : null
    if (body.company?.name) {
      company = { id: id(), name: body.company.name, domain: '', tags: [], country: 'CO', city: 'Bogotá', created_at: now(), updated_at: now(), version: 1 }
      companies.unshift(company)
    }
    const deal = body.deal ? makeDeal({ ...body.deal, pipeline_id: body.deal.pipeline_id ?? pipelines[0].id, stage_id: body.deal.stage_id ?? pipelines[0].stages[0].id, contact_id: contact.id, company_id: company?.id }) : null
    if (deal) deals.unshift(deal)
    patch(lead, { version: body.version ?? lead.version, status: 'converted', deal_id: deal?.id ?? null, company_id: company?.id ?? null, converted_at: now(), overdue: false })
    return { lead, contact_id: contact.id, company_id: company?.id ?? null, deal_id: deal?.id ?? null }
  })
}
