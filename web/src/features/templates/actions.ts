/** What is done with templates from several screens. */
import { templatesApi, type Format, type Template } from '../../api/templates'
import { session } from '../../state/session.svelte'
import { toasts } from '../../state/toasts.svelte'
import { router } from '../../router.svelte'
import { locale, t } from '../../i18n/index.svelte'
import { draftOf, empty, sent, type Draft, type Language } from './draft'

/** The language the workspace writes in. */
export function ownLanguage(): Language {
  return (session.workspace?.language ?? locale()) === 'en' ? 'en' : 'es'
}
/** Makes a template and opens it. */
export async function make(draft: Draft): Promise<void> {
  try {
    const one = await templatesApi.make(sent(draft))
    router.go(`/templates/${one.id}`)
  } catch (error) {
    toasts.failed(error)
  }
}
export function makeEmpty(format: Format): Promise<void> {
  const language = ownLanguage()
  return make({ name: t('templates.new_name'), language, variants: { [language]: empty(format, language) } })
}
export async function duplicate(id: string): Promise<void> {
  try {
    const draft = draftOf(await templatesApi.get(id))
    await make({ ...draft, name: t('templates.copy_of', { name: draft.name }).slice(0, 200) })
    toasts.done(t('templates.duplicated'))
  } catch (error) {
    toasts.failed(error)
  }
}
/** Deletes; "undo" brings it back with its versions. True when it is gone. */
export async function remove(one: Pick<Template, 'id' | 'name'>, back?: (again: Template) => void): Promise<boolean> {
  try {
    await templatesApi.drop(one.id)
    toasts.done(t('templates.removed', { name: one.name }), () => {
      templatesApi.bringBack(one.id).then(
        (again) => {
          toasts.done(t('templates.back'))
          if (back) back(again)
          else router.go(`/templates/${again.id}`)
        },
        (error: unknown) => toasts.failed(error),
      )
    })
    return true
  } catch (error) {
    toasts.failed(error)
    return false
  }
}
