/**
 * What the API finds wrong, in the user's language. It says so in English, with a code for each kind of fault; in Spanish the very
 * same sentence is looked up, or else one for its code. `#` stands for a number of the message, `*` for words of it, which are
 * looked up, too: what is wrong in a line of a source is a sentence of its own.
 */
import { locale } from '../i18n/index.svelte'
import type { FieldProblem } from './client'

interface Problem {
  detail?: string
  errors?: FieldProblem[]
}
interface Sentence {
  english: RegExp
  marks: string[]
  spanish: string
}
interface Words {
  sentences: Sentence[]
  codes: Map<string, string>
}
const NUMBER = String.raw`\d+(?:[.,]\d+)*`
const CODE = 'code:'
let words: Words | undefined

/** The same problem with its sentences in the language in use; as it is where there are none. */
export async function inWords<T extends Problem>(problem: T): Promise<T> {
  if (locale() !== 'es' || (!problem.detail && !problem.errors?.length)) return problem
  try {
    words ??= read((await import('./faults.es.json')).default)
  } catch {
    return problem // English is better than no answer
  }
  const known = words
  return {
    ...problem,
    ...(problem.detail ? { detail: said(known, problem.detail) } : {}),
    ...(problem.errors ? { errors: problem.errors.map((one) => ({ ...one, message: said(known, one.message, one.code) })) } : {}),
  }
}

function read(texts: Record<string, string>): Words {
  const found: Words = { sentences: [], codes: new Map() }
  const stars = (text: string): number => text.split('*').length
  // The fewer words a sentence leaves open, the better it fits.
  for (const [key, spanish] of Object.entries(texts).sort(([a], [b]) => stars(a) - stars(b) || b.length - a.length)) {
    if (key.startsWith(CODE)) found.codes.set(key.slice(CODE.length), spanish)
    else {
      const pattern = key.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '(.+)').replaceAll('#', `(${NUMBER})`)
      found.sentences.push({ english: new RegExp(`^${pattern}$`, 's'), marks: key.match(/[#*]/g) ?? [], spanish })
    }
  }
  return found
}

function said(known: Words, message: string, code = ''): string {
  for (const { english, marks, spanish } of known.sentences) {
    const parts = english.exec(message)?.slice(1)
    if (!parts) continue
    const of = (mark: string): string[] => parts.filter((_, at) => marks[at] === mark)
    return filled(spanish, of('#'), of('*').map((part) => said(known, part)))
  }
  const general = known.codes.get(code)
  const numbers = message.match(new RegExp(NUMBER, 'g')) ?? []
  return general === undefined || general.split('#').length - 1 > numbers.length ? message : filled(general, numbers, [])
}

function filled(text: string, numbers: string[], parts: string[]): string {
  const left: Record<string, string[]> = { '#': [...numbers], '*': [...parts] }
  return text.replace(/[#*]/g, (mark) => left[mark]?.shift() ?? '')
}
