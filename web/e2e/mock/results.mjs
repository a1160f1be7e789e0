// Results of campaigns in the mock: figures that follow from a campaign's counts, and hits judged anew at once.
import { ago, id } from './data.mjs'

const HOUR = 3_600_000

/** What the API says of a campaign's results. */
function resultsOf(campaign) {
  const { sent, delivered, bounced, complained, unsubscribed, opened, clicked } = campaign.counts
  const reached = sent - bounced
  const share = (part, whole) => (whole ? part / whole : null)
  const begun = Date.parse(campaign.started_at ?? ago(3 * 24 * 60))
  const hours = Array.from({ length: 30 }, (_, hour) => ({
    at: new Date(begun - (begun % HOUR) + hour * HOUR).toISOString(), hours: 1,
    opened: Math.round(opened * 0.3 * 0.72 ** hour), clicked: Math.round(clicked * 0.28 * 0.7 ** hour), machine_opens: hour < 2 ? 14 : 0, machine_clicks: hour ? 0 : 22,
  })).filter((one) => one.opened || one.clicked || one.machine_opens)
  const urls = ['https://example.com/oferta', 'https://example.com/guia?utm_source=correo&utm_campaign=otono', 'https://example.com/blog']
  const parts = [0.62, 0.27, 0.11]
  return {
    campaign_id: campaign.id, as_of: new Date().toISOString(), time_zone: 'Europe/Madrid',
    totals: { audience: campaign.audience ?? 0, sent, reached, delivered, delayed: 1, bounced, soft_bounced: 2, complained, unsubscribed, opened, clicked, converted: Math.round(clicked * 0.2), opens: Math.round(opened * 1.6), clicks: Math.round(clicked * 1.3), machine_opens: 28, machine_clicks: 22 },
    rates: { bounce: share(bounced, sent), open: share(opened, reached), click: share(clicked, reached), click_to_open: share(clicked, opened), unsubscribe: share(unsubscribed, reached), complaint: share(complained, reached), conversion: share(Math.round(clicked * 0.2), reached) },
    bounces: bounced ? [{ name: 'hard', people: bounced - 1 }, { name: 'mailbox_full', people: 2 }] : [],
    links: urls.map((url, number) => ({ number, url, positions: [number + 1], people: Math.round(clicked * parts[number]), clicks: Math.round(clicked * 1.3 * parts[number]), machine_clicks: 7, share: parts[number] })),
    clients: [['gmail', 0.52], ['apple_mail', 0.24], ['outlook', 0.14], ['unknown', 0.1]].map(([name, part]) => ({ name, people: Math.round(opened * part) })),
    devices: [['phone', 0.57], ['desktop', 0.36], ['tablet', 0.07]].map(([name, part]) => ({ name, people: Math.round(opened * part) })),
    hours,
    variants: [['0', 1], ['1', 0.8]].map(([name, factor]) => ({ name, sent: Math.round(sent * 0.2), delivered: Math.round(delivered * 0.2), bounced: 0, complained: 0, opened: Math.round(opened * 0.2 * factor), clicked: Math.round(clicked * 0.2 * factor), unsubscribed: 0, converted: 1 })),
    languages: [],
    conversions: { goal: { kind: 'page', url: 'https://example.com/gracias', days: 7, value: null }, people: Math.round(clicked * 0.2), revenue: [{ currency: 'EUR', amount: '1240.50' }, { currency: 'USD', amount: '90.00' }], total: { currency: 'EUR', amount: '1323.20' } },
  }
}

export function results(on, campaigns, byId) {
  on('GET', '/campaigns/{id}/results', ({ ids }) => resultsOf(byId(campaigns, ids[0])))
  on('GET', '/campaigns/{id}/recipients/{contact}/hits', () => ({ items: [] }))
  on('POST', '/campaigns/{id}/reclassify', ({ ids }) => {
    byId(campaigns, ids[0])
    const at = new Date().toISOString()
    return [202, { id: id(), kind: 'reclassify', state: 'done', done: 10, total: 10, error: null, result: { people: 40, hits: 60, changed: 0 }, rows: null, file_url: null, undoable: false, cancel_asked: false, created_by: '', created_at: at, updated_at: at }]
  })
}
