import { beforeAll } from 'vitest'
import { need, setLocale } from '../src/i18n/index.svelte'

beforeAll(async () => {
  await setLocale('en')
  await need('customers', 'sales', 'segments', 'campaigns', 'templates', 'results')
})
