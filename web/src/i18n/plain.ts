/** Texts without accents and capitals, to find by and to make names of. */

/** «Año Nuevo» as `ano nuevo`. */
export const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** A name that a machine takes, with `between` for all that is neither letter nor digit: «Año Nuevo» as `ano-nuevo`. */
export function slug(text: string, between: '-' | '_', longest: number): string {
  return plain(text).replace(/[^a-z0-9]+/g, between).replace(new RegExp(`^${between}+|${between}+$`, 'g'), '').slice(0, longest)
}
/** The same, beginning with a letter. */
export const slugByLetter = (text: string, between: '-' | '_', longest: number): string => slug(plain(text).replace(/^[^a-z]+/, ''), between, longest)
