import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface Stack {
  url: string
  api_url: string
  mail_url: string
  workspace_id: string
  api_key: string
  form_key: string
  user: { email: string; password: string }
}
const path = process.env.CLIENTELA_STACK ?? fileURLToPath(new URL('../../.local/stack.json', import.meta.url))
export const stack = JSON.parse(readFileSync(path, 'utf8')) as Stack
