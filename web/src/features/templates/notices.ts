/** What the API says about a mail: to which language it belongs, how bad it is, where it leads. */
import { ApiError } from '../../api/client'

export interface Said {
  code: string
  severity: 'error' | 'warning' | 'info'
  message: string
  field: string
}
/** The bytes from which Gmail cuts a mail off. */
export const CUT = 102 * 1024

/** The line a message names at its beginning. */
export function lineOf(message: string): number | null {
  const found = /^(?:Line|Línea) (\d+)/.exec(message)
  return found ? Number(found[1]) : null
}
/** The notices of one language, their paths as if there were no other; the worst first. */
export function ofLanguage(all: readonly { code: string; severity: string; message: string; field: string }[], language: string, main: string): Said[] {
  const prefix = `translations.${language}.`
  const rank: Record<Said['severity'], number> = { error: 0, warning: 1, info: 2 }
  const grade = (given: string): Said['severity'] => (given === 'error' || given === 'info' ? given : 'warning')
  return all
    .filter((one) => (language === main ? !one.field.startsWith('translations.') : one.field.startsWith(prefix)))
    .map((one) => ({ code: one.code, message: one.message, field: language === main ? one.field : one.field.slice(prefix.length), severity: grade(one.severity) }))
    .sort((a, b) => rank[a.severity] - rank[b.severity])
}
/** What the API refused, as notices. */
export function refusals(error: unknown): Said[] {
  if (!(error instanceof ApiError) || error.status === 409) return []
  return (error.problem.errors ?? []).map((one) => ({ code: one.code ?? '', severity: 'error' as const, message: one.message, field: one.field.replace(/^body\.(?=(body|subject|preheader|translations|name)\b)/, '') }))
}
/** How long a line is without its placeholders, which are longer or shorter for each. */
export const length = (text: string): number => [...text.replace(/\{\{[^}]*\}\}/g, '····').replace(/\{%[^%]*%\}/g, '')].length
