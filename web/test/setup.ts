import { beforeAll } from 'vitest'
import { setLocale } from '../src/i18n/index.svelte'

beforeAll(() => setLocale('en'))
