// Campaigns of the mock: drafts, checks, estimates, and a ledger that fills by itself each time somebody looks.
import * as data from './data.mjs'

const { contacts, segments, campaigns, membership, workspace, id, ago, counts } = data
const now = () => new Date().toISOString()
const plainDelivery = { mode: 'together', window: null, per_hour: null, warm_up: false }

export const fill = (value, contact) => {
  const values = { 'contact.first_name': contact.first_name, 'contact.last_name': contact.last_name, 'contact.company_name': contact.company_name, 'contact.email': contact.emails[0].address, 'contact.city': contact.city, 'workspace.name': workspace.name, 'workspace.postal_address': workspace.postal_address, unsubscribe_url: '#' }
  return String(value ?? '').replace(/\{\{\s*([\w.]+)(?:\s*\|\s*default\("([^"]*)"\))?\s*\}\}/g, (_, name, other) => values[name] || other || '')
}
/** A message as it arrives; MJML is only made to look like one. */
export function render({ subject, preheader, body }, contact) {
  let html = fill(body.source, contact)
  if (body.format === 'text') return { subject: fill(subject, contact), preheader: fill(preheader, contact), html: `<pre style="font:15px/1.6 Arial;white-space:pre-wrap;padding:24px">${html}</pre>`, text: html, size: html.length }
  const tags = { 'mj-section': 'div style="max-width:600px;margin:0 auto;background:#fff;padding:12px 24px;font-family:Arial"', 'mj-column': 'div', 'mj-text': 'p', 'mj-button': 'a style="background:#0d6e5f;color:#fff;padding:10px 20px;border-radius:6px;text-decoration:none;display:inline-block"', 'mj-body': 'body style="background:#f3f2ee;margin:0"', mjml: 'html' }
  if (body.format === 'mjml') html = html.replace(/<mj-head>[\s\S]*<\/mj-head>/, '').replace(/<(\/?)(mj-\w+|mjml)\b([^>]*)>/g, (_, slash, tag, rest) => (slash ? `</${(tags[tag] ?? 'div').split(' ')[0]}>` : `<${tags[tag] ?? 'div'} ${tag === 'mj-button' ? rest : ''}>`))
  return { subject: fill(subject, contact), preheader: fill(preheader, contact), html, text: html.replace(/<style[\s\S]*?<\/style>/g, '').replace(/<[^>]+>/g, '').replace(/\n\s*\n+/g, '\n\n').trim(), size: html.length * 3 }
}
const somebody = { first_name: '', last_name: '', company_name: '', city: '', emails: [{ address: 'ana@example.com' }] }
export const contactOf = (wanted) => contacts.find((one) => one.id === wanted) ?? somebody

const notices = (one) => [
  ...(one.warnings ?? []),
  ...(one.segment_ids.length || one.resend_of ? [] : [{ code: 'audience_missing', message: 'No segment is chosen.', field: 'segment_ids', blocking: true }]),
  ...(one.subject ? [] : [{ code: 'subject_missing', message: 'The subject is empty.', field: 'subject', blocking: true }]),
]
const whole = ({ held: _held, ledger: _ledger, resolved: _resolved, ...one }) => ({
  exclude_segment_ids: [], topic: '', template_id: '', translations: {}, delivery: plainDelivery, ab_test: null, ab: null, recurrence: null, occurrences: null, goal: null, resend_of: '', occurrence_of: '', stopping: false, stop_reason: '', ...one, preheader: one.preheader ?? '', reply_to: one.reply_to ?? '', time_zone: one.time_zone ?? '', body_format: one.body.format, warnings: notices(one),
  progress: ['sending', 'paused', 'finished'].includes(one.state) ? { ended: one.audience - one.counts.pending - one.counts.claimed, total: one.audience, per_minute: one.state === 'sending' ? 620 : 0, seconds_left: one.state === 'sending' ? Math.ceil((one.counts.pending / 620) * 60) : null } : null,
})
/** Sends a little more each time it is looked at. */
function advance(one) {
  if (one.state === 'scheduled' && one.scheduled_at < now()) Object.assign(one, { state: 'planning', started_at: now() })
  else if (one.state === 'planning') Object.assign(one, { state: 'sending', audience: 40, counts: counts({ pending: 40 }) })
  else if (one.state === 'sending' && !one.held) {
    const step = Math.min(one.counts.pending, Math.ceil(one.audience / 25))
    one.counts.pending -= step
    one.counts.sent += step
    one.counts.delivered = one.counts.sent - one.counts.bounced
    one.counts.opened = Math.floor(one.counts.sent * 0.12)
    if (!one.counts.pending) {
      one.counts.sent += one.counts.claimed
      one.counts.claimed = 0
      Object.assign(one, { state: 'finished', finished_at: now() })
    }
  }
  return whole(one)
}
const peopleOf = (wanted) => new Set(wanted.flatMap((one) => membership.get(one) ?? []))
function estimate(one) {
  const all = one.resend_of ? new Set(contacts.slice(0, 90).map((each) => each.id)) : peopleOf(one.segment_ids)
  const without = peopleOf(one.exclude_segment_ids ?? [])
  const left = [...all].filter((person) => !without.has(person))
  const [consent, suppressed, cap] = [0.06, 0.012, 0.01].map((share) => Math.floor(left.length * share))
  const sendable = left.length - consent - suppressed - cap
  const steps = [['segments', all.size], ['excluded_segment', left.length], ['no_address', left.length], ['consent', left.length - consent], ['suppressed', left.length - consent - suppressed], ['duplicate_address', left.length - consent - suppressed], ['frequency_cap', sendable], ['sendable', sendable]]
  const part = (name, units, price) => ({ name, units: String(units), amount: (units * price).toFixed(4) })
  const breakdown = [part('mail', sendable, 0.0001), part('data', sendable * 4200, 1.1e-10), part('writes', sendable * 6, 7.05e-7), part('reads', sendable * 3, 1.41e-7), part('compute', sendable, 1e-6), part('queues', sendable, 4e-7)]
  return {
    audience: all.size, sendable, exact: all.size <= 10_000, size: 4200, steps: steps.map(([name, count]) => ({ name, count })),
    excluded: Object.fromEntries([['excluded_segment', all.size - left.length], ['consent_missing', consent], ['suppressed', suppressed], ['frequency_cap', cap]].filter(([, many]) => many)),
    cost: { currency: 'USD', amount: breakdown.reduce((sum, each) => sum + Number(each.amount), 0).toFixed(4), breakdown },
  }
}
/** The rows of a ledger, made from the counts. */
function rows(one) {
  if (['draft', 'scheduled', 'recurring', 'planning'].includes(one.state)) return []
  const order = ['parked', 'bounced', 'complained', 'suppressed', 'failed', 'claimed', 'pending']
  const states = order.flatMap((state) => Array.from({ length: (one.ledger ?? one.counts)[state] ?? 0 }, () => state))
  return contacts.slice(0, one.audience ?? 0).map((contact, index) => {
    const state = one.resolved?.[contact.id] ?? states[index] ?? 'delivered'
    const out = ['delivered', 'bounced', 'complained', 'sent'].includes(state)
    return {
      contact_id: contact.id, email: contact.emails[0].address, state, reason: { suppressed: ['consent_withdrawn', 'frequency_cap', 'suppressed:bounced'][index % 3], parked: 'no_evidence', failed: 'too_many_attempts', bounced: 'Permanent' }[state] ?? '', attempt: state === 'pending' ? 0 : 1, consent_id: '', message_id: out ? `0100-${index}` : '', variant: one.ab_test ? index % 2 : null, language: contact.language,
      sent_at: out ? one.started_at : null, delivered_at: state === 'delivered' ? one.started_at : null, bounced_at: null, complained_at: null, opened_at: state === 'delivered' && index % 3 === 0 ? ago(30) : null, clicked_at: state === 'delivered' && index % 9 === 0 ? ago(20) : null,
      machine_opened_at: null, machine_clicked_at: null, unsubscribed_at: null, soft_bounces: 0,
    }
  })
}

export function campaignRoutes(on, { page, patch, byId, Problem }) {
  const move = (ids, from, to) => {
    const one = byId(campaigns, ids[0])
    if (!from.includes(one.state)) throw new Problem(409, `A campaign that is ${one.state} cannot do this.`, { current: whole(one) })
    return whole(Object.assign(one, { state: to, version: one.version + 1 }))
  }
  on('GET', '/campaigns', ({ query }) => page(campaigns.map((one) => ({ ...whole(one), body: null })), query))
  on('POST', '/campaigns', ({ body }) => {
    const one = { id: id(), ...body, state: 'draft', audience: null, counts: counts(), scheduled_at: null, time_zone: '', started_at: null, finished_at: null, created_at: now(), updated_at: now(), version: 1 }
    campaigns.unshift(one)
    return [201, whole(one)]
  })
  on('GET', '/campaigns/{id}', ({ ids }) => advance(byId(campaigns, ids[0])))
  on('PATCH', '/campaigns/{id}', ({ ids, body }) => {
    const one = byId(campaigns, ids[0])
    if (body.version !== one.version) throw new Problem(409, 'Changed meanwhile.', { current: whole(one) })
    if (one.resend_of && body.segment_ids?.length) throw new Problem(422, 'Some choices do not fit together.', { errors: [{ field: 'segment_ids', message: 'Its audience is who was silent when it was sent before.', code: 'resend' }] })
    return whole(patch(one, body))
  })
  on('DELETE', '/campaigns/{id}', ({ ids }) => (campaigns.splice(campaigns.findIndex((one) => one.id === ids[0]), 1), [204]))
  on('POST', '/campaigns/{id}/preview', ({ ids, body }) => {
    const { subject, html, text } = render(byId(campaigns, ids[0]), contactOf(body.contact_id))
    return { subject, html, text }
  })
  on('POST', '/campaigns/{id}/test', ({ body }) => [202, { to: body.to }])
  on('POST', '/campaigns/{id}/estimate', ({ ids }) => estimate(byId(campaigns, ids[0])))
  on('POST', '/campaigns/{id}/send', ({ ids, body }) => {
    const one = byId(campaigns, ids[0])
    const blocking = notices(one).filter((each) => each.blocking)
    if (blocking.length) throw new Problem(422, 'This campaign cannot be sent yet.', { errors: blocking })
    if (one.recurrence) return whole(Object.assign(one, { state: 'recurring', occurrences: { next_at: ago(-3000), made: 0, skipped: 0, last_id: '' }, version: one.version + 1 }))
    return whole(Object.assign(one, body.at ? { state: 'scheduled', scheduled_at: body.at, time_zone: body.time_zone } : { state: 'planning', started_at: now() }, { version: one.version + 1 }))
  })
  on('POST', '/campaigns/{id}/pause', ({ ids }) => move(ids, ['sending', 'planning', 'scheduled', 'recurring'], 'paused'))
  on('POST', '/campaigns/{id}/resume', ({ ids }) => move(ids, ['paused'], byId(campaigns, ids[0]).recurrence ? 'recurring' : 'sending'))
  on('POST', '/campaigns/{id}/cancel', ({ ids }) => move(ids, ['scheduled', 'planning', 'sending', 'paused', 'recurring'], 'cancelled'))
  on('POST', '/campaigns/{id}/clone', ({ ids, body }) => {
    const one = { ...structuredClone(byId(campaigns, ids[0])), id: id(), state: 'draft', counts: counts(), audience: null, ab: null, occurrences: null, held: false, scheduled_at: null, started_at: null, finished_at: null, version: 1, resend_of: body.resend === 'not_opened' ? ids[0] : '' }
    one.name += ' (2)'
    if (body.resend) Object.assign(one, { segment_ids: [], ab_test: null })
    campaigns.unshift(one)
    return [201, whole(one)]
  })
  on('POST', '/campaigns/{id}/winner', ({ ids, body }) => {
    const one = byId(campaigns, ids[0])
    one.ab = { ...one.ab, state: 'decided', decided_at: now(), decided_by: `member:${data.user.user_id}`, winner: body.variant }
    return whole(one)
  })
  on('GET', '/campaigns/{id}/recipients', ({ ids, query }) => {
    const [state, email] = [query.get('state'), query.get('email')]
    return page(rows(byId(campaigns, ids[0])).filter((row) => (!state || row.state === state) && (!email || row.email === email)), query)
  })
  on('POST', '/campaigns/{id}/recipients/{contact}/resolve', ({ ids, body }) => {
    const one = byId(campaigns, ids[0])
    // Who is where stays as it was when the first was decided.
    one.ledger ??= structuredClone(one.counts)
    one.resolved = { ...one.resolved, [ids[1]]: body.as === 'sent' ? 'sent' : 'pending' }
    one.counts.parked = Math.max(0, one.counts.parked - 1)
    one.counts[body.as === 'sent' ? 'sent' : 'pending'] += 1
    return rows(one).find((row) => row.contact_id === ids[1])
  })
  on('GET', '/campaigns/{id}/why', ({ ids, query }) => {
    const one = byId(campaigns, ids[0])
    const row = rows(one).find((each) => each.email === query.get('email') || each.contact_id === query.get('contact_id'))
    const contact = contacts.find((each) => each.id === row?.contact_id || each.emails[0].address === query.get('email'))
    if (!contact) return { email: query.get('email'), contact_id: '', outcome: 'unknown_person', code: 'no_contact', params: {}, evidence: [], recipient: null, planned: true }
    const base = { email: contact.emails[0].address, contact_id: contact.id, params: {}, recipient: row ?? null, planned: Boolean(one.started_at) }
    if (!row) return { ...base, outcome: one.started_at ? 'not_sent' : 'would_not_get', code: 'not_in_segments', evidence: segments.filter((each) => one.segment_ids.includes(each.id)).map((each) => ({ code: 'not_in_segment', at: null, id: each.id, params: { name: each.name } })) }
    if (row.reason === 'consent_withdrawn') return { ...base, outcome: 'not_sent', code: row.reason, evidence: [{ code: 'left_out', at: one.started_at, id: '', params: {} }, { code: 'withdrawn', at: ago(900), id: 'c1', params: { source: 'unsubscribe' } }] }
    const [reason, detail = ''] = row.reason.split(':')
    const happened = ['sent', 'delivered', 'opened', 'clicked', 'bounced', 'complained'].filter((each) => row[`${each}_at`]).map((each) => ({ code: each, at: row[`${each}_at`], id: '', params: {} }))
    const reached = ['clicked', 'opened', 'delivered'].find((each) => row[`${each}_at`])
    const [outcome, code, evidence] = {
      bounced: ['not_received', 'bounced', happened], complained: ['received', 'complained', happened], failed: ['not_sent', 'failed', [{ code: 'failed', at: one.started_at, id: '', params: {} }]],
      suppressed: ['not_sent', reason, [{ code: 'left_out', at: one.started_at, id: '', params: {} }]], parked: ['unknown', 'no_evidence', []], unknown: ['unknown', 'no_evidence', []], pending: ['on_its_way', 'pending', []], claimed: ['on_its_way', 'claimed', []],
    }[row.state] ?? (reached ? ['received', reached, happened] : ['sent', 'sent', happened])
    return { ...base, outcome, code, params: detail ? { detail } : {}, evidence }
  })
}
