import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
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
/** The local cloud: where files are put, as they are in S3 on AWS. */
export const files = `http://127.0.0.1:${(JSON.parse(readFileSync(join(dirname(path), 'ports.json'), 'utf8')) as { cloud: number }).cloud}/`
