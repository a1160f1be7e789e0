/** Saved views in the API. Conditions are free-form JSON there; here they have a shape. */
import { client, ok } from '../api/client'
import type { View, ViewValues } from '../api/customers'

export const viewsOf = async (kind: View['kind']): Promise<View[]> => (await ok(client.GET('/v1/views', { params: { query: { kind } } }))).items as unknown as View[]
export const makeView = async (values: ViewValues): Promise<View> => (await ok(client.POST('/v1/views', { body: values as never }))) as unknown as View
export const changeView = async (view: View, values: Partial<ViewValues>): Promise<View> =>
  (await ok(client.PATCH('/v1/views/{view_id}', { params: { path: { view_id: view.id } }, body: { ...values, version: view.version } as never }))) as unknown as View
export const dropView = (view: View): Promise<unknown> => ok(client.DELETE('/v1/views/{view_id}', { params: { path: { view_id: view.id } } }))
