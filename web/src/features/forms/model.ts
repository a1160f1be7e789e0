/** Between the API's form and the one that is edited, whose texts are always there. */
import type { components } from '../../api/schema'
import type { FormListed, FormSettings, Text } from '../../api/types'

const text = (given: Text | null | undefined): Text => ({ es: given?.es ?? '', en: given?.en ?? '' })
const given = (one: Text): { es: string; en: string } | null => (one.es?.trim() || one.en?.trim() ? { es: one.es ?? '', en: one.en ?? '' } : null)

export function formOf(one: FormListed): FormSettings {
  const fields = one.fields as unknown as FormSettings['fields']
  const consents = one.consents as unknown as FormSettings['consents']
  return {
    ...one,
    language: one.language as FormSettings['language'],
    fields: fields.map((field) => ({ ...field, label: text(field.label), options: field.options.map((option) => ({ ...option, label: text(option.label) })) })),
    consents: consents.map((consent) => ({ ...consent, text: text(consent.text) })),
    title: text(one.title),
    submit_label: text(one.submit_label),
    thank_you: text(one.thank_you),
  }
}

/** What is sent; empty texts and options are left out. */
export function bodyOf(form: FormSettings): components['schemas']['FormIn'] {
  const label = (one: Text, other: string): { es: string; en: string } => given(one) ?? { es: other, en: other }
  return {
    name: form.name.trim(),
    language: form.language,
    fields: form.fields.map((field) => ({
      ...field,
      name: field.name.trim(),
      label: label(field.label, field.name),
      options: field.options.filter((option) => option.value.trim()).map((option) => ({ value: option.value.trim(), label: label(option.label, option.value) })),
    })),
    double_opt_in: form.double_opt_in,
    consents: form.consents.map(({ id, purpose, required, text: words }) => ({ id, purpose, required, text: { es: words.es ?? '', en: words.en ?? '' } })),
    title: given(form.title),
    submit_label: given(form.submit_label),
    thank_you: given(form.thank_you),
    redirect_url: form.redirect_url?.trim() || null,
    source: form.source.trim(),
    tags: form.tags,
    throttle_per_minute: form.throttle_per_minute,
    state: form.state,
  }
}
