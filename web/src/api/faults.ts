/**
 * What the API finds wrong, in the user's language. It says so in English, with a code for each kind of fault; in Spanish the very
 * same sentence is looked up, or else one for its code. `#` stands for a number of the message, `*` for what follows its colon.
 */
import { locale } from '../i18n/index.svelte'
import type { FieldProblem } from './client'

type Words = Record<string, string>
interface Problem {
  detail?: string
  errors?: FieldProblem[]
}
const NUMBER = /\d+(?:[.,]\d+)*/g

/** The same problem with its sentences in the language in use; as it is where there are none. */
export async function inWords<T extends Problem>(problem: T): Promise<T> {
  if (locale() !== 'es' || (!problem.detail && !problem.errors?.length)) return problem
  let words: Words
  try {
    words = (await import('./faults.es.json')).default as Words
  } catch {
    return problem // English is better than no answer
  }
  return {
    ...problem,
    ...(problem.detail ? { detail: said(words, problem.detail) ?? problem.detail } : {}),
    ...(problem.errors ? { errors: problem.errors.map((one) => ({ ...one, message: said(words, one.message, one.code) ?? one.message })) } : {}),
  }
}

function said(words: Words, message: string, code = ''): string | undefined {
  const numbers = message.match(NUMBER) ?? []
  const rest = /: (.*?)\.?$/s.exec(message)?.[1]
  const found = words[message.replace(NUMBER, '#')] ?? words[`code:${code}`]
  if (found === undefined || (found.includes('*') && !rest)) return undefined
  let next = 0
  const filled = found.replaceAll('#', () => numbers[next++] ?? '').replace('*', () => rest ?? '')
  return next > numbers.length ? undefined : filled
}
