/** E-mail templates, the brand kit and the image library: short names for the shapes of the API, and the calls the screens make. */
import { client, ok } from './client'
import type { components } from './schema'
import type { Page } from './types'

type Schemas = components['schemas']

export type Template = Schemas['TemplateOut']
export type TemplateIn = Schemas['TemplateIn']
export type TemplateChange = Schemas['TemplateChange']
export type TemplateVersion = Schemas['VersionOut']
export type Gallery = Schemas['GalleryOut']
export type Notice = Schemas['TemplateNotice']
export type Rendered = Schemas['TemplatePreviewOut']
export type BrandKit = Schemas['BrandOut']
export type Font = NonNullable<Schemas['BrandIn']['font']>
export type Network = Schemas['BrandSocial']['network']
export type Picture = Schemas['ImageOut']
export type Format = 'blocks' | 'mjml' | 'html' | 'text'
export interface Body {
  format: Format
  source: string
}
export type Look = Schemas['LookIn']

export const templatesApi = {
  list: (cursor?: string): Promise<Page<Template>> => ok(client.GET('/v1/templates', { params: { query: { limit: 24, ...(cursor ? { cursor } : {}) } } })),
  get: (template_id: string): Promise<Template> => ok(client.GET('/v1/templates/{template_id}', { params: { path: { template_id } } })),
  make: (body: TemplateIn): Promise<Template> => ok(client.POST('/v1/templates', { body })),
  change: (template_id: string, body: TemplateChange): Promise<Template> => ok(client.PATCH('/v1/templates/{template_id}', { params: { path: { template_id } }, body })),
  drop: (template_id: string): Promise<unknown> => ok(client.DELETE('/v1/templates/{template_id}', { params: { path: { template_id } } })),
  bringBack: (template_id: string): Promise<Template> => ok(client.POST('/v1/templates/{template_id}/restore', { params: { path: { template_id } } })),
  versions: (template_id: string): Promise<Page<TemplateVersion>> => ok(client.GET('/v1/templates/{template_id}/versions', { params: { path: { template_id } } })),
  version: (template_id: string, number: number): Promise<Template> => ok(client.GET('/v1/templates/{template_id}/versions/{number}', { params: { path: { template_id, number: String(number) } } })),
  restore: (template_id: string, number: number, version: number): Promise<Template> => ok(client.POST('/v1/templates/{template_id}/versions/{number}/restore', { params: { path: { template_id, number: String(number) } }, body: { version } })),
  preview: (body: Look): Promise<Rendered> => ok(client.POST('/v1/templates/preview', { body })),
  check: (body: Look): Promise<Schemas['CheckOut']> => ok(client.POST('/v1/templates/check', { body })),
  test: (body: Schemas['TryIn']): Promise<unknown> => ok(client.POST('/v1/templates/test', { body })),
  gallery: (language: 'es' | 'en'): Promise<Gallery> => ok(client.GET('/v1/templates/gallery', { params: { query: { language } } })),
  brand: (): Promise<BrandKit> => ok(client.GET('/v1/brand')),
  saveBrand: (body: Schemas['BrandIn']): Promise<BrandKit> => ok(client.PUT('/v1/brand', { body })),
}
export const imagesApi = {
  list: (cursor?: string): Promise<Page<Picture>> => ok(client.GET('/v1/images', { params: { query: { limit: 48, ...(cursor ? { cursor } : {}) } } })),
  begin: (body: Schemas['ImageIn']): Promise<Schemas['ImageAnnounced']> => ok(client.POST('/v1/images', { body })),
  complete: (image_id: string): Promise<Picture> => ok(client.POST('/v1/images/{image_id}/complete', { params: { path: { image_id } } })),
  change: (image_id: string, body: Schemas['ImageChange']): Promise<Picture> => ok(client.PATCH('/v1/images/{image_id}', { params: { path: { image_id } }, body })),
  drop: (image_id: string): Promise<unknown> => ok(client.DELETE('/v1/images/{image_id}', { params: { path: { image_id } } })),
}
