/** The languages of a campaign, in its own texts and in those of its test: what is not in the one may not be in the other. */
import type { Draft } from './draft.svelte'
import type { AbTest, Content, Variant } from './model'

type Spoken = Pick<Draft, 'language' | 'translations' | 'ab_test'>

function without<T>(of: Record<string, T>, language: string): Record<string, T> {
  return Object.fromEntries(Object.entries(of).filter(([one]) => one !== language))
}
function inVariants(test: AbTest | null, change: (variant: Variant, index: number) => Variant): AbTest | null {
  return test && { ...test, variants: test.variants.map(change) }
}

/** The same with one language more: as it was `before`, or else with the own texts to translate from. */
export function withLanguage(draft: Draft, language: string, before?: Spoken): Pick<Draft, 'translations' | 'ab_test'> {
  const { subject, preheader, body, translations, ab_test } = draft
  return {
    translations: { ...translations, [language]: before?.translations[language] ?? { subject, preheader, body: { ...body } } },
    ab_test: inVariants(ab_test, (one, index) => {
      const held = before?.ab_test?.variants[index]?.translations[language]
      return { ...one, translations: { ...one.translations, [language]: held ?? { subject: '', preheader: '', body: one.body && { ...body } } } }
    }),
  }
}
/** The same without a translation. */
export function withoutLanguage({ translations, ab_test }: Spoken, language: string): Pick<Draft, 'translations' | 'ab_test'> {
  return {
    translations: without(translations, language),
    ab_test: inVariants(ab_test, (one) => ({ ...one, translations: without(one.translations, language) })),
  }
}
/** The same with a translation as the campaign's own text, and its own text as a translation. */
export function withOwnLanguage(draft: Draft, language: Draft['language']): Partial<Draft> {
  const other = draft.translations[language]
  if (!other || language === draft.language) return {}
  const own: Content = { subject: draft.subject, preheader: draft.preheader, body: draft.body }
  return {
    ...other,
    language,
    translations: { ...without(draft.translations, language), [draft.language]: own },
    ab_test: inVariants(draft.ab_test, ({ translations, ...mine }) => ({
      ...(translations[language] ?? { subject: '', preheader: '', body: mine.body && other.body }),
      translations: { ...without(translations, language), [draft.language]: mine },
    })),
  }
}
