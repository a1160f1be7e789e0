// The API with made-up data, for looking at the screens and testing them without the cloud: `npm run build && npm run mock`.
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import * as data from './data.mjs'
import { results } from './results.mjs'
import { customers } from './customers.mjs'
import { campaignRoutes } from './campaigns.mjs'
import { segmentRoutes } from './segments.mjs'
import { deals, sales } from './sales.mjs'
import { templatesOf } from './templates.mjs'

const DIST = process.env.DIST ?? new URL('../../dist/', import.meta.url).pathname
const { workspace, second, contacts, leads, companies, campaigns, forms, submissions, keys, runs, members } = data
const jobs = new Map()
const now = () => new Date().toISOString()
const routes = []
const on = (method, path, answer) => routes.push({ method, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '([^/]+)')}$`), answer })
class Problem extends Error {
  constructor(status, detail, extra = {}) {
    super(detail)
    Object.assign(this, { status, extra })
  }
}
const missing = (found) => {
  if (!found) throw new Problem(404, 'Not found.')
  return found
}
const page = (items, query) => {
  const start = Number(query.get('cursor') ?? 0)
  const limit = Math.min(100, Number(query.get('limit') ?? 50))
  return { items: items.slice(start, start + limit), next_cursor: start + limit < items.length ? String(start + limit) : null }
}
const patch = (record, { version, ...changes }) => {
  if (version !== record.version) throw new Problem(409, 'Changed meanwhile.', { current: record })
  Object.assign(record, changes, { version: record.version + 1, updated_at: now() })
  return record
}
const byId = (list, wanted) => missing(list.find((one) => one.id === wanted))
const tokens = () => ({ access_token: `access-${Date.now()}`, refresh_token: 'refresh', expires_in: 3600, challenge: null, session: null })

on('POST', '/session', ({ body }) => {
  if (body.email === 'nueva@clientela.example') return { access_token: null, refresh_token: null, expires_in: null, challenge: 'new_password_required', session: 'first' }
  if (body.password !== 'Clientela-2026') throw new Problem(401, 'Wrong e-mail or password.')
  return tokens()
})
on('POST', '/session/new-password', tokens)
on('POST', '/session/refresh', () => ({ ...tokens(), refresh_token: null }))
on('POST', '/session/forgotten-password', () => [202, {}])
on('POST', '/session/reset-password', ({ body }) => {
  if (body.code !== '123456') throw new Problem(422, 'Wrong code.')
  return [204]
})
on('POST', '/session/sign-out', () => [204])
on('GET', '/me', () => ({ ...data.user, language: 'es', workspaces: [workspace, second].map((one, index) => ({ id: one.id, name: one.name, role: index ? 'viewer' : 'owner', permissions: index ? data.roles.viewer : data.permissions })) }))
on('GET', '/workspace', () => workspace)
on('PATCH', '/workspace', ({ body }) => patch(workspace, body))
on('GET', '/permissions', () => ({ roles: data.roles, permissions: data.permissions }))
on('GET', '/members', ({ query }) => page(members, query))
on('POST', '/members', ({ body }) => {
  if (!body.email.includes('@')) throw new Problem(422, 'Invalid.', { errors: [{ field: 'email', message: 'This is no e-mail address.', code: 'email' }] })
  const member = { user_id: data.id(), name: body.name, email: body.email, role: body.role, version: 1, created_at: now(), last_seen_at: null }
  members.push(member)
  return [201, member]
})
on('PATCH', '/members/{id}', ({ ids, body }) => patch(missing(members.find((one) => one.user_id === ids[0])), body))
on('DELETE', '/members/{id}', ({ ids }) => (members.splice(members.findIndex((one) => one.user_id === ids[0]), 1), [204]))
on('GET', '/api-keys', ({ query }) => page(keys, query))
on('POST', '/api-keys', ({ body }) => {
  const key = { id: data.id(), ...body, prefix: 'ck_live_9xQ4', created_at: now(), last_used_at: null, version: 1 }
  keys.unshift(key)
  return [201, { ...key, key: 'ck_live_9xQ4vT2mYp8LsRw1KdZnHbGcJfXaUeIo0987' }]
})
on('DELETE', '/api-keys/{id}', ({ ids }) => (keys.splice(keys.findIndex((one) => one.id === ids[0]), 1), [204]))
on('GET', '/jobs/{id}', ({ ids }) => {
  const other = workOf(ids[0])
  if (other) return other
  const job = missing(jobs.get(ids[0]))
  job.done = Math.min(job.total, job.done + 1)
  job.state = job.done === job.total ? 'done' : 'running'
  if (job.state === 'done') Object.assign(job.run, { state: 'delivered', finished_at: now(), delivery: { message_ids: ['x'], delivered: 1, bounced: 0 }, file_url: '/report.html', csv_url: '/report.csv' })
  const { run: _run, ...shown } = job
  return shown
})

const workOf = customers(on, { page, patch, byId, Problem })
sales(on, { page, patch, byId, Problem })
results(on, campaigns, byId)
on('POST', '/contacts/{id}/notes', ({ ids, body }) => {
  const note = { id: data.id(), at: now(), kind: 'note', title_key: 'timeline.note', data: { text: body.text }, actor: data.user.user_id }
  missing(data.timelines.get(ids[0])).unshift(note)
  return [201, note]
})
on('GET', '/leads/{id}', ({ ids }) => byId(leads, ids[0]))
on('PATCH', '/leads/{id}', ({ ids, body }) => patch(byId(leads, ids[0]), body))
on('GET', '/leads/{id}/score-history', ({ ids, query }) => page(missing(data.histories.get(ids[0])), query))
const plain = (text) => (text ?? '').normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
on('GET', '/search', ({ query }) => {
  const wanted = plain(query.get('q'))
  const fits = (...texts) => texts.some((text) => plain(text).split(/[\s@.]+/).some((word) => word.startsWith(wanted)) || plain(text).startsWith(wanted))
  return {
    items: [
      ...contacts.filter((one) => fits(one.display_name, one.emails[0].address)).map((one) => ({ kind: 'contact', id: one.id, title: one.display_name, subtitle: one.emails[0].address })),
      ...companies.filter((one) => fits(one.name)).map((one) => ({ kind: 'company', id: one.id, title: one.name, subtitle: one.city })),
      ...deals.filter((one) => fits(one.title)).map((one) => ({ kind: 'deal', id: one.id, title: one.title, subtitle: one.company_name })),
    ].slice(0, 12),
    next_cursor: null,
  }
})

templatesOf(on, { page, patch, byId, Problem })
segmentRoutes(on, { page, patch, byId, Problem })
campaignRoutes(on, { page, patch, byId, Problem })
on('GET', '/forms', ({ query }) => page(forms, query))
on('POST', '/forms', ({ body }) => {
  const form = { ...body, form_key: `frm_${data.id().slice(-8).toLowerCase()}`, counts: { accepted: 0, quarantined: 0 }, version: 1 }
  forms.unshift(form)
  return [201, form]
})
const formOf = (key) => missing(forms.find((one) => one.form_key === key))
on('GET', '/forms/{key}/settings', ({ ids }) => formOf(ids[0]))
on('PUT', '/forms/{key}/settings', ({ ids, body }) => patch(formOf(ids[0]), body))
on('DELETE', '/forms/{key}/settings', ({ ids }) => (forms.splice(forms.indexOf(formOf(ids[0])), 1), [204]))
on('GET', '/forms/{key}/submissions', ({ query }) => page(submissions.filter((one) => one.state === (query.get('state') ?? 'accepted')), query))
on('POST', '/forms/{key}/submissions/{id}/release', ({ ids }) => Object.assign(byId(submissions, ids[1]), { state: 'accepted', reason: null }))
on('GET', '/forms/{key}', ({ ids, query }) => {
  const form = formOf(ids[0])
  const language = query.get('language') === 'en' ? 'en' : 'es'
  const say = (text) => text?.[language] ?? ''
  return { token: data.id(), language, title: say(form.title), submit_label: say(form.submit_label), fields: form.fields.map((one) => ({ ...one, label: say(one.label), options: one.options.map((option) => ({ value: option.value, label: say(option.label) })) })), consents: form.consents.map((one) => ({ id: one.id, text: say(one.text), required: one.required })) }
})
on('POST', '/forms/{key}/submissions', ({ ids, body }) => {
  const email = String(body.values?.email ?? '')
  if (!/^\S+@\S+\.\S+$/.test(email) || email.endsWith('@invalid.example')) throw new Problem(422, 'The form is not complete.', { errors: [{ field: 'values.email', message: 'Este correo no es válido.', code: 'email' }] })
  data.makeContact(0.05, { email, first_name: body.values.first_name, source: body.page?.utm?.source ?? 'web' })
  const form = formOf(ids[0])
  form.counts.accepted++
  return [202, { submission_id: data.id(), message: form.thank_you?.es, redirect_url: form.redirect_url }]
})
on('GET', '/scoring-rules', () => data.rules)
on('PUT', '/scoring-rules', ({ body }) => patch(data.rules, body))

on('GET', '/reports/weekly', ({ query }) => {
  const day = new Date(`${query.get('week_of') ?? now().slice(0, 10)}T12:00:00Z`)
  const monday = day.getTime() - ((day.getUTCDay() + 6) % 7) * 86_400_000
  const days = Array.from({ length: 7 }, (_, index) => new Date(monday + index * 86_400_000).toISOString().slice(0, 10))
  const seen = leads.filter((one) => days.includes(one.created_at.slice(0, 10)))
  const tally = (list, of) => Object.entries(list.reduce((sums, one) => ({ ...sums, [of(one)]: (sums[of(one)] ?? 0) + 1 }), {}))
  return {
    period: { start: days[0], end: days[6], time_zone: workspace.time_zone },
    leads: { total: seen.length, previous_total: Math.max(0, seen.length - 4), by_source: tally(seen, (one) => one.source).map(([source, count]) => ({ source, count })).sort((a, b) => b.count - a.count), by_day: days.map((one) => ({ day: one, count: seen.filter((lead) => lead.created_at.startsWith(one)).length })) },
    funnel: [{ step: 'submissions', count: seen.length + 3 }, { step: 'leads', count: seen.length }, { step: 'working', count: Math.round(seen.length * 0.55) }, { step: 'qualified', count: Math.round(seen.length * 0.28) }],
    scores: { average: seen.length ? seen.reduce((sum, one) => sum + one.score.total, 0) / seen.length : null, by_grade: tally(seen, (one) => one.score.grade).map(([grade, count]) => ({ grade, count })).sort((a, b) => a.grade.localeCompare(b.grade)) },
    campaigns: campaigns.filter((one) => one.started_at && days.includes(one.started_at.slice(0, 10))).map((one) => ({ id: one.id, name: one.name, ...one.counts })),
  }
})
on('POST', '/reports/weekly/runs', () => {
  const run = { id: data.id(), report: 'weekly', state: 'running', period: { start: '2026-11-16', end: '2026-11-22' }, recipients: data.schedule.recipients, delivery: null, file_url: null, csv_url: null, created_at: now(), finished_at: null }
  runs.unshift(run)
  const job = { id: data.id(), kind: 'report', state: 'queued', done: 0, total: 4, error: null, result: null, run }
  jobs.set(job.id, job)
  const { run: _run, ...shown } = job
  return [202, shown]
})
on('GET', '/reports/runs', ({ query }) => page(runs, query))
on('GET', '/reports/weekly/schedule', () => data.schedule)
on('PUT', '/reports/weekly/schedule', ({ body }) => patch(data.schedule, body))

const MIME = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' }
function file(path, response) {
  const name = normalize(path === '/' ? '/index.html' : path)
  const full = join(DIST, name)
  if (!existsSync(full) || !statSync(full).isFile()) return response.writeHead(404).end()
  response.writeHead(200, { 'Content-Type': MIME[extname(full)] ?? 'application/octet-stream' })
  createReadStream(full).pipe(response)
}
const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost')
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const hosted = /^\/f\/([^/]+)$/.exec(url.pathname)
    if (hosted) {
      response.writeHead(200, { 'Content-Type': MIME['.html'] })
      return response.end(`<!doctype html><html lang="es"><title>Formulario</title><body style="font-family:system-ui;margin:40px"><main><h1>Mi web</h1><script src="/embed/form.js" data-form="${hosted[1]}" async></script></main>`)
    }
    if (!url.pathname.startsWith('/api/v1/')) return file(url.pathname, response)
    const path = url.pathname.slice('/api/v1'.length)
    const send = (status, body) => {
      response.writeHead(status, { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' })
      response.end(body === undefined ? '' : JSON.stringify(body))
    }
    try {
      const open = path.startsWith('/session') || (request.method === 'GET' && /^\/forms\/[^/]+$/.test(path)) || (request.method === 'POST' && /submissions$/.test(path))
      if (!open && !path.startsWith('/uploads/') && !/^Bearer access-/.test(request.headers.authorization ?? '')) throw new Problem(401, 'Sign in.')
      const text = Buffer.concat(chunks).toString()
      for (const route of routes) {
        const found = route.method === request.method && route.pattern.exec(path)
        if (!found) continue
        const answer = route.answer({ ids: found.slice(1).map(decodeURIComponent), query: url.searchParams, language: request.headers['accept-language'] ?? 'en', body: text && !path.startsWith('/uploads/') ? JSON.parse(text) : {} })
        return Array.isArray(answer) ? send(answer[0], answer[1]) : send(200, answer)
      }
      throw new Problem(404, 'No such route.')
    } catch (error) {
      if (!(error instanceof Problem)) console.error(error)
      send(error.status ?? 500, { type: 'about:blank', title: error.message, status: error.status ?? 500, detail: error.message, request_id: 'mock', ...(error.extra ?? {}) })
    }
  })
})
const port = Number(process.env.PORT ?? 4173)
server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port} (demo@clientela.example / Clientela-2026)`))
