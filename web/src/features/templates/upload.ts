/** Taking pictures in: what is refused before anything is sent, and the way up with its progress. */
import { imagesApi, type Picture } from '../../api/templates'
import { send } from '../timeline/upload'

export const KINDS = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const
type Kind = (typeof KINDS)[number]
export const LIMIT = 10 * 1024 * 1024

/** Why a file cannot be taken, as the end of a text's key; null when it can. */
export function refused(file: { type: string; size: number }): 'kind' | 'size' | 'empty' | null {
  if (!(KINDS as readonly string[]).includes(file.type)) return 'kind'
  if (!file.size) return 'empty'
  return file.size > LIMIT ? 'size' : null
}
/** A file's name as words, to begin its description with. */
export function words(name: string): string {
  const text = name.replace(/\.\w+$/, '').replace(/[-_]+/g, ' ').trim()
  return /^(img|dsc|image|screenshot|foto|captura)?[\s\d.]*$/i.test(text) ? '' : text.replace(/^./, (first) => first.toUpperCase()).slice(0, 300)
}
/** Sends a picture; `done` hears the share that is through. The API makes it fit for mail. */
export async function upload(file: File, done: (share: number) => void): Promise<Picture> {
  const made = await imagesApi.begin({ file_name: file.name, content_type: file.type as Kind, size: file.size, alt: words(file.name) })
  await send(made.upload, file, done)
  return imagesApi.complete(made.id)
}
