// Customers and data of the mock: lists with conditions, own fields, views, bulk work, timelines, merging, privacy, imports, exports.
import * as data from './data.mjs'

const { contacts, companies, leads, members, segments, membership, id, ago, user, timelines } = data
const now = () => new Date().toISOString()
const pick = (list, index) => list[index % list.length]
const plain = (text) => String(text ?? '').normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

export const fields = [
  { key: 'plan', name: 'Plan', type: 'choice', options: [{ value: 'basic', label: 'Básico' }, { value: 'team', label: 'Equipo' }, { value: 'custom', label: 'A medida' }], filterable: true },
  { key: 'seats', name: 'Personas que venden', type: 'number', filterable: true },
  { key: 'renewal', name: 'Renovación', type: 'date', filterable: true },
  { key: 'budget', name: 'Presupuesto', type: 'money', filterable: true },
  { key: 'reference', name: 'Puede ser referencia', type: 'boolean', filterable: true },
  { key: 'calendar', name: 'Agenda', type: 'url', filterable: false },
].map((given, position) => ({ id: id(), kind: 'contact', options: [], relation_kind: null, required: false, position, archived: false, created_at: ago(90_000), updated_at: ago(90_000), version: 1, ...given }))
fields.push({ ...fields[0], id: id(), kind: 'company', key: 'sector', name: 'Sector', options: [{ value: 'retail', label: 'Comercio' }, { value: 'software', label: 'Software' }] })

contacts.forEach((one, index) => {
  Object.assign(one, {
    title: null, job_title: pick(['Directora de marketing', 'Responsable de ventas', 'Gerente', null, 'Compras', 'Fundadora'], index), birthday: index % 3 ? null : `19${70 + (index % 25)}-0${1 + (index % 9)}-1${index % 9}`,
    satisfaction: index % 4 ? null : 6 + (index % 5), custom: index % 2 ? {} : { plan: pick(['basic', 'team', 'custom'], index / 2), seats: 2 + (index % 30), reference: index % 4 === 0, ...(index % 6 ? {} : { budget: { amount: String(1000 + index * 10), currency: 'USD' }, renewal: '2027-03-01' }) },
    addresses: index % 3 ? [] : [{ label: 'work', street: 'Calle del Sol 14', city: one.city, region: null, postal_code: '46001', country: one.country, primary: true }], interests: index % 2 ? [] : ['automatización', 'eventos'],
    kyc: { status: pick(['none', 'pending', 'verified'], index), document_type: null, document_number: null, verified_at: null, note: null }, deleted_at: null, deleted_by: null, merged_ids: [],
  })
})
companies.forEach((one, index) => Object.assign(one, {
  domains: [one.domain], website: `https://${one.domain}`, industry: one.tags[0], size: pick(['1-10', '11-50', '51-200'], index), phones: index % 2 ? [{ number: '+34910000123', label: 'work', primary: true }] : [],
  emails: [], addresses: [{ label: 'head', street: 'Av. de la Paz 3', city: one.city, region: null, postal_code: null, country: one.country, primary: true }], owner_id: pick(members, index).user_id, parent_id: null, custom: {}, description: index % 3 ? null : 'Cadena familiar con tres tiendas y venta en línea.', deleted_at: null, deleted_by: null,
}))
const bin = { contact: [], company: [] }
const views = [
  { id: id(), kind: 'contact', name: 'Colombia, muy interesados', filter: [{ field: 'country', op: 'is', value: 'CO' }, { field: 'score', op: 'at_least', value: 50 }], sort: '-score', columns: ['email', 'company', 'score', 'stage', 'custom.plan', 'created'], shared: true, pinned: true, owner_id: user.user_id, version: 1 },
  { id: id(), kind: 'contact', name: 'VIP sin responsable', filter: [{ field: 'tag', op: 'is', value: 'vip' }, { field: 'owner_id', op: 'empty' }], sort: '-created', columns: [], shared: false, pinned: true, owner_id: user.user_id, version: 1 },
  { id: id(), kind: 'contact', name: 'Cumplen años este mes', filter: [], sort: 'name', columns: ['email', 'birthday'], shared: true, pinned: false, owner_id: members[1].user_id, version: 1 },
]
const work = new Map()
const before = new Map()
const imports = []
const exportsMade = []
const pairs = []
const merges = new Map()
const suppressions = []
const purposes = {
  version: 1,
  purposes: [
    { id: 'marketing', name: { es: 'Novedades y ofertas', en: 'News and offers' }, channels: ['email', 'whatsapp'] },
    { id: 'privacy_policy', name: { es: 'Política de privacidad', en: 'Privacy policy' }, channels: [] },
  ],
}

function valueOf(one, field) {
  switch (field) {
    case 'tag': return one.tags
    case 'score': return one.score?.total ?? 0
    case 'grade': return one.score?.grade
    case 'created': return one.created_at.slice(0, 10)
    case 'source': return one.first_touch?.source
    case 'domain': return one.domain
    default: {
      const value = field.startsWith('custom.') ? one.custom?.[field.slice(7)] : one[field]
      return value && typeof value === 'object' && 'amount' in value ? Number(value.amount) : value
    }
  }
}
function holds(one, { field, op, value, from, to }) {
  const mine = valueOf(one, field)
  const list = (Array.isArray(mine) ? mine : [mine]).filter((each) => each !== null && each !== undefined && each !== '')
  const wanted = (each) => (each === 'me' && field === 'owner_id' ? user.user_id : each)
  switch (op) {
    case 'is': return list.includes(wanted(value))
    case 'in': return value.some((each) => list.includes(wanted(each)))
    case 'not': return !list.includes(wanted(value))
    case 'empty': return !list.length
    case 'present': return list.length > 0
    case 'between': return list.some((each) => each >= from && each <= to)
    case 'at_least': return list.some((each) => each >= value)
    case 'at_most': return list.some((each) => each <= value)
    case 'begins': return list.some((each) => plain(each).startsWith(plain(value)))
  }
  return true
}
const sorts = { created: (one) => one.created_at, name: (one) => plain(one.display_name ?? one.name), score: (one) => one.score?.total ?? 0, owner: (one) => members.find((each) => each.user_id === one.owner_id)?.name ?? '' }
const conditionsOf = (query) => JSON.parse(query.get('filter') || '[]')
function found(list, query) {
  const conditions = conditionsOf(query)
  for (const name of ['company_id', 'owner_id', 'email']) if (query.get(name)) conditions.push({ field: name, op: 'is', value: query.get(name) })
  const q = plain(query.get('q'))
  const all = list.filter((one) => conditions.every((each) => holds(one, each)) && (!q || plain(`${one.display_name ?? one.name} ${one.emails?.[0]?.address ?? ''} ${one.company_name ?? ''}`).includes(q)))
  const sort = query.get('sort') ?? '-created'
  const by = sorts[sort.replace('-', '')] ?? sorts.created
  const way = sort.startsWith('-') ? -1 : 1
  return all.toSorted((a, b) => (by(a) < by(b) ? -way : by(a) > by(b) ? way : 0))
}

export function customers(on, { page, patch, byId, Problem }) {
  const missing = (one) => {
    if (!one) throw new Problem(404, 'Not found.')
    return one
  }
  const lists = { contact: contacts, company: companies, lead: leads }
  on('GET', '/fields', ({ query }) => ({ items: fields.filter((one) => (!query.get('kind') || one.kind === query.get('kind')) && (query.get('archived') === 'true' || !one.archived)), next_cursor: null }))
  on('POST', '/fields', ({ body }) => {
    const field = { id: id(), options: [], relation_kind: null, required: false, filterable: false, position: fields.length, archived: false, created_at: now(), updated_at: now(), version: 1, ...body, key: body.key || plain(body.name).replace(/[^a-z0-9]+/g, '_') }
    field.options = (body.options ?? []).map((one) => ({ label: one.value, ...one }))
    if (fields.some((one) => one.kind === field.kind && one.key === field.key)) throw new Problem(422, 'Taken.', { errors: [{ field: 'key', message: 'Another field has this key.', code: 'taken' }] })
    fields.push(field)
    return [201, field]
  })
  on('PATCH', '/fields/{id}', ({ ids, body }) => patch(byId(fields, ids[0]), body))
  on('DELETE', '/fields/{id}', ({ ids }) => (Object.assign(byId(fields, ids[0]), { archived: true }), [204]))

  on('GET', '/views', ({ query }) => page(views.filter((one) => one.kind === query.get('kind') && (one.shared || one.owner_id === user.user_id)), query))
  on('POST', '/views', ({ body }) => {
    const view = { id: id(), filter: [], sort: null, columns: [], shared: false, pinned: false, ...body, owner_id: user.user_id, version: 1 }
    views.push(view)
    return [201, view]
  })
  on('PATCH', '/views/{id}', ({ ids, body }) => patch(byId(views, ids[0]), body))
  on('DELETE', '/views/{id}', ({ ids }) => (views.splice(views.findIndex((one) => one.id === ids[0]), 1), [204]))
  on('GET', '/counts', ({ query }) => ({ count: lists[query.get('kind')] ? found(lists[query.get('kind')], query).length : 0, exact: true }))

  // Work on many at once: done step by step, so that one sees it go; before-images make the way back.
  on('POST', '/bulk', ({ body }) => {
    const list = lists[body.kind]
    const chosen = body.ids ? list.filter((one) => body.ids.includes(one.id)) : list.filter((one) => (body.filter ?? []).every((each) => holds(one, each)))
    const job = { id: id(), kind: 'bulk', state: 'queued', done: 0, total: chosen.length, error: null, result: null, created_at: now(), updated_at: now() }
    before.set(job.id, chosen.map((one) => [one, structuredClone(one)]))
    work.set(job.id, { job, step: () => {
      const { name, ...given } = body.action
      const next = chosen.slice(job.done, job.done + Math.max(3, Math.ceil(chosen.length / 4)))
      for (const one of next) {
        if (name === 'tag') one.tags = [...new Set([...one.tags, ...given.tags])]
        else if (name === 'untag') one.tags = one.tags.filter((tag) => !given.tags.includes(tag))
        else if (name === 'assign') one.owner_id = given.owner_id
        else if (name === 'edit') Object.assign(one, given.fields)
        else if (name === 'delete') remove(body.kind, one)
        else if (name === 'add_to_segment') {
          membership.set(given.segment_id, [...new Set([...(membership.get(given.segment_id) ?? []), one.id])])
          byId(segments, given.segment_id).count = membership.get(given.segment_id).length
        }
      }
      job.done += next.length
      job.state = job.done >= job.total ? 'done' : 'running'
      if (job.state === 'done') Object.assign(job, { undoable: true, result: { changed: job.total, failed: 0, undoable: true } })
    } })
    return [202, job]
  })
  on('POST', '/jobs/{id}/cancel', ({ ids }) => Object.assign(missing(work.get(ids[0])).job, { state: 'cancelled' }))
  on('POST', '/jobs/{id}/undo', ({ ids }) => {
    for (const [one, old] of missing(before.get(ids[0]))) {
      Object.assign(one, old)
      restore('contact', one.id)
      restore('company', one.id)
    }
    const job = { ...missing(work.get(ids[0])).job, id: id(), done: 0, state: 'running' }
    work.set(job.id, { job, step: () => Object.assign(job, { done: job.total, state: 'done' }) })
    return [202, job]
  })
  on('GET', '/jobs', ({ query }) => page([...work.values()].map(({ job }) => (job.format ? { ...job, kind: 'export' } : job)).reverse(), query))
  function remove(kind, one) {
    const list = lists[kind]
    list.splice(list.indexOf(one), 1)
    Object.assign(one, { deleted_at: now(), deleted_by: user.user_id })
    bin[kind].unshift(one)
  }
  function restore(kind, wanted) {
    const one = bin[kind]?.find((each) => each.id === wanted)
    if (!one) return null
    bin[kind].splice(bin[kind].indexOf(one), 1)
    lists[kind].unshift(Object.assign(one, { deleted_at: null, deleted_by: null }))
    return one
  }

  for (const [kind, path] of [['contact', '/contacts'], ['company', '/companies']]) {
    const list = lists[kind]
    on('GET', path, ({ query }) => page(query.get('deleted') === 'true' ? bin[kind] : found(list, query), query))
    on('GET', `${path}/{id}`, ({ ids }) => byId(list, ids[0]))
    on('DELETE', `${path}/{id}`, ({ ids }) => (remove(kind, byId(list, ids[0])), [204]))
    on('POST', `${path}/{id}/restore`, ({ ids }) => missing(restore(kind, ids[0])))
    on('GET', `${path}/{id}/timeline`, ({ ids, query }) => {
      const kinds = query.get('kind')?.split(',')
      return page((timelines.get(ids[0]) ?? []).filter((one) => (!kinds || kinds.includes(one.kind)) && (!query.has('planned') || one.planned === (query.get('planned') === 'true')) && (query.get('pinned') !== 'true' || one.pinned)).toSorted((a, b) => (a.at < b.at ? 1 : -1)), query)
    })
    const activity = (ids) => missing((timelines.get(ids[0]) ?? []).find((one) => one.id === ids[1]))
    on('POST', `${path}/{id}/activities`, ({ ids, body }) => {
      const { kind: what, at, planned, ...rest } = body
      const names = (rest.file_ids ?? []).map((one) => ({ id: one, file_name: files.get(one)?.file_name ?? 'archivo' }))
      const made = { id: id(), at: at ?? now(), kind: what, title_key: `timeline.${what}`, data: { ...rest, ...(names.length ? { files: names } : {}), text: rest.text ?? String(rest.html ?? '').replace(/<[^>]+>/g, ' ') }, actor: `user:${user.user_id}`, about: { kind, id: ids[0] }, written: true, planned: planned ?? (at ?? now()) > now(), pinned: false, version: 1, edited_at: null }
      timelines.set(ids[0], [made, ...(timelines.get(ids[0]) ?? [])])
      return [201, made]
    })
    on('PATCH', `${path}/{id}/activities/{id}`, ({ ids, body: { version, at, planned, ...rest } }) => Object.assign(activity(ids), { ...(at ? { at } : {}), ...(planned === undefined ? {} : { planned }), data: { ...activity(ids).data, ...rest }, version: version + 1, edited_at: now() }))
    on('DELETE', `${path}/{id}/activities/{id}`, ({ ids }) => (timelines.set(ids[0], timelines.get(ids[0]).filter((one) => one.id !== ids[1])), [204]))
    on('POST', `${path}/{id}/activities/{id}/pin`, ({ ids }) => Object.assign(activity(ids), { pinned: true }))
    on('POST', `${path}/{id}/activities/{id}/unpin`, ({ ids }) => Object.assign(activity(ids), { pinned: false }))
    on('POST', `${path}/{id}/merge/preview`, ({ ids, body }) => joined(kind, ids[0], body))
    on('POST', `${path}/{id}/merge`, ({ ids, body }) => {
      const other = byId(list, body.other_id)
      const one = byId(list, ids[0])
      const merge = { id: id(), kind, survivor_id: one.id, other_id: other.id, at: now(), actor: `user:${user.user_id}`, state: 'done', until: ago(-43_200) }
      merges.set(merge.id, { merge, kind, one, old: structuredClone(one), other })
      Object.assign(one, joined(kind, ids[0], body).survivor, { version: one.version + 1 })
      list.splice(list.indexOf(other), 1)
      const pair = pairs.findIndex((each) => each.contacts.every((side) => [one.id, other.id].includes(side.id)))
      if (pair >= 0) merges.get(merge.id).pair = pairs.splice(pair, 1)[0]
      return [201, { merge_id: merge.id, [kind]: one }]
    })
  }
  function joined(kind, wanted, { other_id, choices = {} }) {
    const one = byId(lists[kind], wanted)
    const other = byId(lists[kind], other_id)
    const names = kind === 'contact' ? ['first_name', 'last_name', 'job_title', 'company_name', 'lifecycle_stage', 'language', 'city', 'country', 'birthday', 'owner_id'] : ['name', 'industry', 'size', 'city', 'country', 'owner_id', 'website']
    const differences = names.filter((name) => one[name] && other[name] && one[name] !== other[name]).map((field) => ({ field, this: one[field], other: other[field], chosen: choices[field] ?? 'this' }))
    const survivor = { ...one, ...Object.fromEntries(names.map((name) => [name, choices[name] === 'other' ? other[name] : (one[name] ?? other[name])])), tags: [...new Set([...one.tags, ...other.tags])] }
    if (kind === 'contact') Object.assign(survivor, { emails: [...one.emails, ...other.emails.map((each) => ({ ...each, primary: false }))], phones: [...one.phones, ...other.phones.map((each) => ({ ...each, primary: false }))], display_name: [survivor.first_name, survivor.last_name].filter(Boolean).join(' '), merged_ids: [other.id] })
    return { survivor, differences }
  }
  on('POST', '/merges/{id}/undo', ({ ids }) => {
    const { one, old, other, kind, merge, pair } = missing(merges.get(ids[0]))
    Object.assign(one, old)
    lists[kind].unshift(other)
    if (pair) pairs.unshift(pair)
    merge.state = 'undone'
    return kind === 'contact' ? { contacts: [one, other], companies: [] } : { contacts: [], companies: [one, other] }
  })
  on('GET', '/merges', ({ query }) => page([...merges.values()].map((one) => one.merge), query))
  const brief = (one) => ({ id: one.id, display_name: one.display_name, first_name: one.first_name, last_name: one.last_name, emails: one.emails.map((each) => each.address), phones: one.phones.map((each) => each.number), company_id: one.company_id, company_name: one.company_name, job_title: one.job_title, city: one.city, country: one.country, owner_id: one.owner_id, open_lead_id: one.open_lead_id, created_at: one.created_at, updated_at: one.updated_at })
  for (let index = 4; index < 44; index += 8) {
    const [a, b] = [contacts[index], contacts[index + 1]]
    Object.assign(b, { first_name: a.first_name, last_name: a.last_name, display_name: a.display_name, company_id: a.company_id, company_name: a.company_name })
    pairs.push({ id: id(), contacts: [brief(a), brief(b)], reasons: [{ code: pick(['same_name_and_company', 'same_name_and_phone', 'same_mailbox'], index / 4), field: 'company_name' }], state: 'open', found_at: ago(index * 40) })
  }
  on('GET', '/duplicates', ({ query }) => page(pairs.filter((one) => one.state === (query.get('state') ?? 'open')), query))
  on('POST', '/duplicates/{id}/ignore', ({ ids }) => Object.assign(byId(pairs, ids[0]), { state: 'ignored' }))
  on('POST', '/duplicates/{id}/reopen', ({ ids }) => Object.assign(byId(pairs, ids[0]), { state: 'open' }))
  on('GET', '/contacts/{id}/duplicates', ({ ids }) => ({ items: pairs.filter((one) => one.state === 'open' && one.contacts.some((each) => each.id === ids[0])).map((one) => ({ id: one.id, contact: one.contacts.find((each) => each.id !== ids[0]), reasons: one.reasons })), next_cursor: null }))

  on('POST', '/contacts', ({ body }) => {
    const email = body.emails?.[0]?.address
    if (email && contacts.some((one) => one.emails.some((each) => each.address === email))) throw new Problem(422, 'Taken.', { errors: [{ field: 'emails.0.address', message: 'Another contact has this address.', code: 'taken' }] })
    const company = companies.find((one) => one.id === body.company_id)
    const made = { ...structuredClone(contacts[0]), id: id(), emails: [], phones: [], tags: [], custom: {}, addresses: [], interests: [], consents: [], suppressed: null, score: null, first_touch: null, last_touch: null, open_lead_id: null, lifecycle_stage: null, birthday: null, job_title: null, company_id: null, company_name: null, country: null, city: null, ...body, ...(company ? { company_name: company.name } : {}), created_at: now(), updated_at: now(), version: 1 }
    made.display_name = [made.first_name, made.last_name].filter(Boolean).join(' ') || email
    const like = contacts.filter((one) => plain(one.display_name) === plain(made.display_name)).slice(0, 2).map((one) => ({ id: one.id, display_name: one.display_name, reasons: [{ code: 'same_name_and_company', field: 'company_name' }] }))
    contacts.unshift(made)
    timelines.set(made.id, [])
    return [201, { ...made, possible_duplicates: like }]
  })
  on('PATCH', '/contacts/{id}', ({ ids, body }) => {
    const contact = byId(contacts, ids[0])
    const custom = body.custom ? { custom: { ...contact.custom, ...body.custom } } : {}
    patch(contact, { ...body, ...custom })
    contact.display_name = [contact.first_name, contact.last_name].filter(Boolean).join(' ')
    if (body.company_id) contact.company_name = companies.find((one) => one.id === body.company_id)?.name ?? contact.company_name
    return contact
  })
  on('POST', '/companies', ({ body }) => {
    const made = { ...structuredClone(companies[0]), id: id(), tags: [], phones: [], emails: [], addresses: [], domains: [], domain: null, website: null, industry: null, size: null, custom: {}, description: null, country: null, city: null, ...body, domain: body.domains?.[0] ?? null, created_at: now(), updated_at: now(), version: 1 }
    companies.unshift(made)
    return [201, made]
  })
  on('PATCH', '/companies/{id}', ({ ids, body }) => patch(byId(companies, ids[0]), body))
  on('GET', '/companies/{id}/contacts', ({ ids, query }) => page(contacts.filter((one) => one.company_id === ids[0]), query))

  const files = new Map()
  on('POST', '/files', ({ body }) => {
    const file = { id: id(), ...body, state: 'waiting', created_at: now(), url: null }
    files.set(file.id, file)
    return [201, { ...file, upload: { url: `/api/v1/uploads/${file.id}`, method: 'POST', headers: {}, fields: { key: file.id } } }]
  })
  on('POST', '/uploads/{id}', () => [204])
  on('POST', '/files/{id}/complete', ({ ids }) => Object.assign(missing(files.get(ids[0])), { state: 'ready', url: '/report.html' }))
  on('GET', '/files/{id}', ({ ids }) => missing(files.get(ids[0])))
  on('GET', '/files', ({ query }) => page([...files.values()].filter((one) => one.about?.id === query.get('about_id')), query))

  on('GET', '/contacts/{id}/consents', ({ ids, query }) => page(byId(contacts, ids[0]).consents.map((one, index) => ({ id: `c${index}`, actor: null, source_ip: '203.0.113.7', text: 'Quiero recibir novedades por correo.', ...one })), query))
  on('POST', '/contacts/{id}/consents', ({ ids, body }) => {
    const contact = byId(contacts, ids[0])
    const entry = { id: id(), purpose: body.purpose, state: body.state, at: now(), source: `user:${user.user_id}`, text: body.proof, text_version: null, source_ip: null, actor: `user:${user.user_id}` }
    contact.consents = [entry, ...contact.consents.filter((one) => one.purpose !== body.purpose)]
    return [201, entry]
  })
  const privacy = (kind, seconds = 3) => ({ ids }) => {
    const job = { id: id(), kind, state: 'queued', done: 0, total: seconds, error: null, result: null, created_at: now(), updated_at: now() }
    work.set(job.id, { job, step: () => {
      job.done++
      job.state = job.done >= seconds ? 'done' : 'running'
      if (job.state !== 'done') return
      Object.assign(job, kind === 'erasure' ? { result: { items: 41, files: 2 } } : { file_url: '/report.html', rows: 41 })
      if (kind === 'erasure') contacts.splice(contacts.findIndex((one) => one.id === ids[0]), 1)
    } })
    return [202, job]
  }
  on('POST', '/contacts/{id}/erase', privacy('erasure'))
  on('POST', '/contacts/{id}/export', privacy('person_export'))
  on('GET', '/contacts/{id}/personal-data', ({ ids }) => {
    const { consents, ...contact } = byId(contacts, ids[0])
    return { contact_id: ids[0], at: now(), kept: { contacts: [contact], consent: consents, timeline: (timelines.get(ids[0]) ?? []).map(({ at, kind, data: facts }) => ({ at, kind, ...facts })) } }
  })
  suppressions.push(...contacts.filter((one) => one.suppressed).slice(0, 14).map((one, index) => ({ email: one.emails[0].address, digest: `${(index * 7919 + 4242).toString(16).padStart(12, 'b7')}…`, reason: one.suppressed.reason, at: one.suppressed.at, source: 'campaign', actor: null })))
  on('GET', '/suppressions', ({ query }) => page(suppressions.filter((one) => !query.get('email') || one.email === query.get('email')).map(({ email: _email, ...one }) => one), query))
  on('POST', '/suppressions', ({ body }) => {
    const made = { email: body.email, digest: 'b7f01c22ab19…', reason: 'manual', at: now(), source: null, actor: `user:${user.user_id}` }
    suppressions.unshift(made)
    return [201, made]
  })
  on('DELETE', '/suppressions', ({ query }) => (suppressions.splice(suppressions.findIndex((one) => one.email === query.get('email')), 1), [204]))
  on('GET', '/purposes', () => purposes)
  on('PUT', '/purposes', ({ body }) => Object.assign(purposes, { purposes: body.purposes, version: purposes.version + 1 }))
  const retention = { rules: [{ kind: 'submissions', days: 365 }, { kind: 'exports', days: 7 }], version: 1 }
  on('GET', '/retention', () => retention)
  on('PUT', '/retention', ({ body }) => patch(retention, body))

  // Imports: a file is read, its columns are named, its rows run.
  const labels = { first_name: ['Nombre', 'First name'], last_name: ['Apellidos', 'Last name'], email: ['Correo', 'E-mail'], phone: ['Teléfono', 'Phone'], company_name: ['Empresa', 'Company'], city: ['Ciudad', 'City'], country: ['País', 'Country'], tags: ['Etiquetas', 'Tags'], 'custom.plan': ['Plan', 'Plan'] }
  const rows = [['Lucía', 'Ferrer', 'lucia@ferrer.example', '+34600111222', 'Ferrer e Hijos', 'Valencia', 'básico'], ['Tom', 'Baker', 'tom@baker.example', '', 'Baker Ltd', 'Leeds', ''], ['Ana', 'Prieto', 'ana(at)prieto.example', '600', 'Prieto', 'Lugo', 'oro'], ['Iker', 'Aranda', 'iker@aranda.example', '+34611222333', '', 'Bilbao', 'equipo'], ['', '', 'sin.nombre@correo.example', '', '', '', '']]
  const heads = ['Nombre', 'Apellidos', 'Email', 'Móvil', 'Empresa', 'Población', 'Tarifa']
  const guess = ['first_name', 'last_name', 'email', 'phone', 'company_name', 'city', null]
  const makeImport = (given) => ({ id: id(), kind: 'contact', mode: 'both', match_field: 'email', file_name: 'clientes.csv', state: 'uploading', counts: { rows: 0, created: 0, updated: 0, unchanged: 0, duplicate: 0, rejected: 0 }, done: 0, total: null, verdict_url: null, mapping: null, columns: null, segment: null, undone: null, error: null, dry_run: false, created_at: now(), created_by: user.user_id, version: 1, ...given })
  imports.push(
    makeImport({ file_name: 'hubspot-crm-exports-contactos-2026-11.csv', state: 'done', counts: { rows: 2480, created: 2211, updated: 203, unchanged: 31, duplicate: 18, rejected: 17 }, done: 2480, total: 2480, verdict_url: '/report.csv', created_at: ago(2000) }),
    makeImport({ file_name: 'feria-otoño.xlsx', state: 'undone', counts: { rows: 84, created: 80, updated: 0, unchanged: 0, duplicate: 1, rejected: 3 }, done: 84, total: 84, verdict_url: '/report.csv', created_at: ago(9000) }),
  )
  const advance = (one) => {
    if (one.state === 'reading') one.state = 'ready'
    else if (one.state === 'running' || one.state === 'undoing') {
      one.done = Math.min(one.total, one.done + Math.ceil(one.total / 4))
      const share = one.done / one.total
      if (one.state === 'running') one.counts = { rows: one.done, created: Math.floor(900 * share), updated: Math.floor(240 * share), unchanged: Math.floor(30 * share), duplicate: Math.floor(18 * share), rejected: Math.floor(12 * share) }
      if (one.segment && one.state === 'running' && !one.dry_run) Object.assign(one.segment, { made: true, added: Math.floor(1100 * share), present: Math.floor(70 * share) })
      if (one.done === one.total) Object.assign(one, one.state === 'running' ? { state: 'done', verdict_url: '/report.csv' } : { state: 'undone' })
    }
    return one
  }
  on('GET', '/imports', ({ query }) => page(imports, query))
  on('POST', '/imports', ({ body }) => {
    const one = makeImport(body)
    imports.unshift(one)
    return [201, { ...one, upload: { url: `/api/v1/uploads/${one.id}`, method: 'POST', headers: {}, fields: { key: one.id } } }]
  })
  on('POST', '/imports/{id}/uploaded', ({ ids }) => Object.assign(byId(imports, ids[0]), { state: 'reading' }))
  on('GET', '/imports/sample', () => ['text/csv', 'first_name,last_name,email\nAna,Pérez,ana@example.com\n'])
  on('GET', '/imports/{id}', ({ ids }) => {
    const one = byId(imports, ids[0])
    if (one.state === 'uploading') one.state = 'reading'
    return advance(one)
  })
  on('GET', '/imports/{id}/preview', ({ ids }) => {
    const one = byId(imports, ids[0])
    if (one.state === 'uploading' || one.state === 'reading') throw new Problem(409, 'The file is still being read.')
    return {
      encoding: 'windows-1252', separator: ';', sheet: null, profile: 'none', total: 1200,
      columns: heads.map((name, index) => ({ name, samples: rows.map((row) => row[index]).filter(Boolean).slice(0, 3), suggested: { field: guess[index], confidence: guess[index] ? 0.9 - index / 20 : 0 } })),
      fields: Object.entries(labels).map(([key, [es, en]]) => ({ key, label: { es, en }, type: key.startsWith('custom') ? 'choice' : 'text' })),
      rows: rows.map((row, index) => ({ number: index + 2, values: Object.fromEntries(heads.map((name, at) => [name, row[at]])), errors: index === 2 ? [{ field: 'email', message: 'No es una dirección de correo.', code: 'email' }, { field: 'phone', message: 'No es un número de teléfono.', code: 'phone' }] : [], verdict: index === 2 ? 'rejected' : index === 1 ? 'update' : 'create' })),
    }
  })
  on('POST', '/imports/{id}/start', ({ ids, body }) => Object.assign(byId(imports, ids[0]), { state: 'running', done: 0, total: 1200, dry_run: Boolean(body.dry_run), segment: body.segment ? { id: body.segment.id ?? id(), name: body.segment.name ?? segments.find((one) => one.id === body.segment.id).name, made: Boolean(body.segment.id), added: 0, present: 0, gone: false } : null }))
  on('POST', '/imports/{id}/cancel', ({ ids }) => Object.assign(byId(imports, ids[0]), { state: 'cancelled' }))
  on('POST', '/imports/{id}/undo', ({ ids }) => Object.assign(byId(imports, ids[0]), { state: 'undoing', done: 0 }))

  exportsMade.push({ id: id(), kind: 'contact', format: 'xlsx', state: 'done', rows: 1000, file_url: '/report.csv', error: null, done: 1000, total: 1000, created_at: ago(300), created_by: user.user_id, expires_at: ago(-9000) })
  on('GET', '/exports', ({ query }) => page(exportsMade, query))
  on('POST', '/exports', ({ body }) => {
    const one = { id: id(), kind: body.kind, format: body.format, state: 'queued', rows: null, file_url: null, error: null, done: 0, total: 3, result: null, created_at: now(), updated_at: now(), created_by: user.user_id }
    exportsMade.unshift(one)
    work.set(one.id, { job: one, step: () => {
      one.done++
      one.state = one.done >= 3 ? 'done' : 'running'
      if (one.state === 'done') Object.assign(one, { rows: 1000, file_url: '/report.csv', result: { rows: 1000, file_url: '/report.csv' } })
    } })
    return [202, one]
  })
  /** The job of an id, one step further; undefined where it is another's. */
  return (wanted) => {
    const one = work.get(wanted)
    if (!one) return undefined
    if (!['done', 'failed', 'cancelled'].includes(one.job.state)) one.step()
    return one.job
  }
}
