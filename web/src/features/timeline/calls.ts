/** Timelines of contacts, companies and deals: the same calls at three places of the API. */
import { client, ok } from '../../api/client'
import type { components } from '../../api/schema'
import type { Activity, Page } from '../../api/types'
import type { Thing } from './activity'

type New = components['schemas']['ActivityIn']
type Change = components['schemas']['ActivityChange']
type Query = components['schemas']['TimelineQuery']
// One set of types serves for all three: only the words of the address differ.
const at = (thing: Thing, rest: string): never => `/v1/${{ contact: 'contacts', company: 'companies', deal: 'deals' }[thing.kind]}/{${thing.kind}_id}/${rest}` as never
const path = (thing: Thing, more: object = {}): never => ({ [`${thing.kind}_id`]: thing.id, ...more }) as never
const of = (activity: Activity): { thing: Thing; place: never } => ({ thing: activity.about, place: path(activity.about, { activity_id: activity.id }) })

export const read = (thing: Thing, query: Query): Promise<Page<Activity>> => ok(client.GET(at(thing, 'timeline') as '/v1/contacts/{contact_id}/timeline', { params: { path: path(thing), query } }))
export const write = (thing: Thing, body: object): Promise<Activity> => ok(client.POST(at(thing, 'activities') as '/v1/contacts/{contact_id}/activities', { params: { path: path(thing) }, body: body as New }))
export function change(activity: Activity, body: object): Promise<Activity> {
  const { thing, place } = of(activity)
  return ok(client.PATCH(at(thing, 'activities/{activity_id}') as '/v1/contacts/{contact_id}/activities/{activity_id}', { params: { path: place }, body: body as Change }))
}
export function remove(activity: Activity): Promise<unknown> {
  const { thing, place } = of(activity)
  return ok(client.DELETE(at(thing, 'activities/{activity_id}') as '/v1/contacts/{contact_id}/activities/{activity_id}', { params: { path: place } }))
}
export function pin(activity: Activity, on: boolean): Promise<Activity> {
  const { thing, place } = of(activity)
  return ok(client.POST(at(thing, `activities/{activity_id}/${on ? 'pin' : 'unpin'}`) as '/v1/contacts/{contact_id}/activities/{activity_id}/pin', { params: { path: place } }))
}
