/** Keeps what is not saved: asks before the page goes, by a link of the app's or by the browser's own ways. */
import { router } from '../router.svelte'
import { t } from '../i18n/index.svelte'

/** Asks while `unsaved` says so. Called while a component is made; ends with it. */
export function askBeforeLeaving(unsaved: () => boolean): void {
  $effect(() => {
    const free = router.guard(() => (unsaved() ? t('common.leave') : null))
    const leave = (event: BeforeUnloadEvent): void => {
      if (unsaved()) event.preventDefault()
    }
    window.addEventListener('beforeunload', leave)
    return () => {
      free()
      window.removeEventListener('beforeunload', leave)
    }
  })
}
