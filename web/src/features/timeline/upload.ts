/** Sending a file to where the API says, with its progress. */
import { ApiError, client, ok } from '../../api/client'
import type { Thing } from './activity'

export interface Way {
  url: string
  method: string
  headers?: Record<string, string>
  fields?: Record<string, string>
}
/** Sends the content; `done` hears the share that is through, 0 to 1. Aborts with the signal. */
export function send(way: Way, file: Blob, done: (share: number) => void = () => undefined, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(way.method, way.url)
    for (const [name, value] of Object.entries(way.headers ?? {})) request.setRequestHeader(name, value)
    request.upload.onprogress = (event) => done(event.lengthComputable ? event.loaded / event.total : 0)
    request.onload = () => (request.status < 300 ? resolve() : reject(new ApiError(request.status === 403 ? 422 : request.status, request.statusText)))
    request.onerror = () => reject(new ApiError(0, 'network'))
    request.onabort = () => reject(new DOMException('stopped', 'AbortError'))
    signal?.addEventListener('abort', () => request.abort())
    if (way.method === 'POST') {
      const form = new FormData()
      for (const [name, value] of Object.entries(way.fields ?? {})) form.append(name, value)
      form.append('file', file)
      request.send(form)
    } else request.send(file)
  })
}
export interface Attached {
  id: string
  file_name: string
  media_type: string
  size: number
}
/** Takes a file in that belongs to something. */
export async function attach(about: Thing, file: File, done?: (share: number) => void): Promise<Attached> {
  const made = await ok(client.POST('/v1/files', { body: { file_name: file.name, content_type: file.type || 'application/octet-stream', size: file.size, about } }))
  await send(made.upload, file, done)
  return ok(client.POST('/v1/files/{file_id}/complete', { params: { path: { file_id: made.id } } }))
}
/** Opens a file: its address is asked for now, because it soon ends. */
export async function open(id: string): Promise<void> {
  const file = await ok(client.GET('/v1/files/{file_id}', { params: { path: { file_id: id } } }))
  if (file.url) window.location.assign(file.url)
}
