/** What somebody chose to begin a mail from: its own language and the others it speaks. */
import type { Language, Variant } from './draft'

export interface Chosen extends Variant {
  /** None for a mail of the gallery or an empty one. */
  template_id: string | null
  name: string
  language: Language
  translations: Record<string, Variant>
}
