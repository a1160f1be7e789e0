/** Sales and tasks: the shapes of the API and the calls the screens make. */
import { client, ok } from './client'
import type { Lead as CapturedLead, Page } from './types'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Query = Record<string, string | number | boolean | null | undefined>
interface Options {
  query?: Query
  body?: unknown
}
type Call = (path: string, init: object) => Promise<{ data?: unknown; error?: unknown; response: Response }>

/** One request; empty values of the query are left out. */
export async function call<T>(method: Method, path: string, { query = {}, body }: Options = {}): Promise<T> {
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== ''))
  const send = (client as unknown as Record<Method, Call>)[method]
  return ok(send(`/v1${path}`, { params: { query: given }, ...(body === undefined ? {} : { body }) })) as Promise<T>
}

export type Forecasting = 'pipeline' | 'best_case' | 'commit' | 'omitted'
export interface Stage {
  id: string
  name: string
  probability: number
  required_fields: string[]
  rotting_days: number | null
  forecast: Forecasting
}
export interface Pipeline {
  id: string
  name: string
  stages: Stage[]
  lost_reasons: string[]
  currency?: string | null
  position?: number
  archived?: boolean
  version: number
}
export interface Line {
  id?: string
  product_id: string | null
  name: string
  quantity: string
  unit_price: string
  discount_percent: string
  tax_percent: string
  total?: string
}
export interface Totals {
  subtotal: string
  discount: string
  tax: string
  total: string
}
export interface Deal {
  id: string
  title: string
  description: string
  amount: string
  currency: string
  pipeline_id: string
  stage_id: string
  status: 'open' | 'won' | 'lost'
  contact_id: string | null
  contact_name: string | null
  company_id: string | null
  company_name: string | null
  owner_id: string | null
  expected_close: string | null
  lines: Line[]
  totals: Totals
  custom: Record<string, unknown>
  lost_reason: string | null
  won_reason: string | null
  closed_at: string | null
  last_activity_at: string | null
  rotting: boolean
  stage_entered_at?: string | null
  lead_id?: string | null
  created_at: string
  updated_at: string
  version: number
}
export interface MoneyTotal {
  currency: string
  amount: string
  weighted: string
}
export interface BoardColumn {
  stage_id: string
  count: number
  totals: MoneyTotal[]
  deals: Deal[]
  next_cursor: string | null
}
export interface StageChange {
  id: string
  at: string
  what: 'created' | 'moved' | 'won' | 'lost' | 'reopened'
  pipeline_id: string
  from_stage_id: string | null
  to_stage_id: string | null
  status: string
  actor: string | null
  seconds: number | null
}
export interface Product {
  id: string
  name: string
  code: string
  description?: string
  unit_price: string
  currency: string
  tax_percent: string
  active: boolean
  version: number
}
export interface Rates {
  base: string
  rates: { currency: string; rate: string; from: string }[]
  version: number
}
export interface Forecast {
  currency: string
  missing_rates: string[]
  months: { month: string; owner_id: string | null; committed: string; best_case: string; weighted: string; won: string }[]
  totals: { committed: string; best_case: string; weighted: string; won: string }
}
export interface SalesCycle {
  stages: { stage_id: string; entered: number; left_forward: number; lost: number; conversion_percent: number | null; median_days: number | null; average_days: number | null }[]
  won: { count: number; average_days: number | null; median_days: number | null }
}
export type QuoteState = 'draft' | 'pending_approval' | 'approved' | 'rejected' | 'issued' | 'accepted' | 'declined' | 'expired' | 'superseded'
export interface Quote {
  id: string
  number: string | null
  deal_id: string
  contact_id: string | null
  contact_name?: string | null
  company_id: string | null
  company_name?: string | null
  title: string
  currency: string
  lines: Line[]
  totals: Totals
  valid_until: string | null
  terms: string
  language: 'es' | 'en'
  state: QuoteState
  pdf_url: string | null
  accept_url: string | null
  approval: { needed: { reason: string; limit: string }[]; history: { at: string; actor: string | null; action: string; comment: string }[]; may_decide: boolean }
  accepted: { at: string; name: string } | null
  declined: { at: string; name: string; reason: string } | null
  delivery: { to: string; state: 'waiting' | 'claimed' | 'sent' | 'refused' | 'unknown' } | null
  superseded_by?: string | null
  created_at: string
  updated_at: string
  version: number
}
export interface ApprovalPolicy {
  enabled: boolean
  limits: { above_amount: string; currency: string }[]
  discount_above_percent: string | null
  role: 'admin' | 'owner'
  version: number
}
export type TaskKind = 'todo' | 'call' | 'email' | 'meeting'
export type Priority = 'low' | 'normal' | 'high'
export interface About {
  kind: 'contact' | 'company' | 'lead' | 'deal'
  id: string
  title?: string | null
}
export interface Task {
  id: string
  title: string
  note: string
  kind: TaskKind
  due_at: string | null
  has_time: boolean
  remind_at: string | null
  repeat: { rrule: string } | null
  assignee_id: string | null
  about: About | null
  contact_id: string | null
  priority: Priority
  state: 'open' | 'done'
  done_at: string | null
  done_by: string | null
  created_at: string
  version: number
}
export interface Meeting {
  id: string
  at: string
  ends_at?: string | null
  subject: string | null
  contact_id: string | null
  contact_name?: string | null
}
export interface MyDay {
  overdue: Task[]
  today: Task[]
  upcoming: Task[]
  meetings: Meeting[]
  leads_to_answer: Lead[]
}
/** A lead with what sales adds to it. */
export type Lead = Omit<CapturedLead, 'status'> & {
  status: 'new' | 'working' | 'qualified' | 'disqualified' | 'converted'
  respond_by?: string | null
  first_response_at?: string | null
  overdue?: boolean
  deal_id?: string | null
  company_id?: string | null
  converted_at?: string | null
  custom?: Record<string, unknown>
}
export interface AssignmentRule {
  id: string
  name: string
  enabled: boolean
  when: { field: string; op: string; value: string | string[] }[]
  strategy: 'round_robin' | 'least_loaded' | 'fixed'
  members: string[]
}
export interface AssignmentRules {
  rules: AssignmentRule[]
  version: number
}
export interface ResponseTarget {
  minutes: number
  enabled: boolean
  working_hours: { weekday: number; from: string; to: string }[]
  holidays: string[]
  version: number
}
export interface Feed {
  url: string | null
  created_at?: string | null
}

export const pipelinesApi = {
  list: (): Promise<Page<Pipeline>> => call('GET', '/pipelines', { query: { limit: 100 } }),
  make: (body: object): Promise<Pipeline> => call('POST', '/pipelines', { body }),
  change: (id: string, body: object): Promise<Pipeline> => call('PATCH', `/pipelines/${id}`, { body }),
  drop: (id: string): Promise<void> => call('DELETE', `/pipelines/${id}`),
  board: (id: string, query: Query): Promise<{ columns: BoardColumn[] }> => call('GET', `/pipelines/${id}/board`, { query }),
}
export const dealsApi = {
  list: (query: Query): Promise<Page<Deal>> => call('GET', '/deals', { query }),
  get: (id: string): Promise<Deal> => call('GET', `/deals/${id}`),
  make: (body: object): Promise<Deal> => call('POST', '/deals', { body }),
  change: (id: string, body: object): Promise<Deal> => call('PATCH', `/deals/${id}`, { body }),
  drop: (id: string): Promise<void> => call('DELETE', `/deals/${id}`),
  restore: (id: string): Promise<Deal> => call('POST', `/deals/${id}/restore`),
  move: (id: string, body: object): Promise<Deal> => call('POST', `/deals/${id}/move`, { body }),
  win: (id: string, body: object): Promise<Deal> => call('POST', `/deals/${id}/win`, { body }),
  lose: (id: string, body: object): Promise<Deal> => call('POST', `/deals/${id}/lose`, { body }),
  reopen: (id: string, body: object): Promise<Deal> => call('POST', `/deals/${id}/reopen`, { body }),
  history: (id: string): Promise<Page<StageChange>> => call('GET', `/deals/${id}/history`),
}
export const productsApi = {
  list: (query: Query = {}): Promise<Page<Product>> => call('GET', '/products', { query: { limit: 100, ...query } }),
  make: (body: object): Promise<Product> => call('POST', '/products', { body }),
  change: (id: string, body: object): Promise<Product> => call('PATCH', `/products/${id}`, { body }),
  drop: (id: string): Promise<void> => call('DELETE', `/products/${id}`),
}
export const quotesApi = {
  list: (query: Query): Promise<Page<Quote>> => call('GET', '/quotes', { query }),
  get: (id: string): Promise<Quote> => call('GET', `/quotes/${id}`),
  make: (body: object): Promise<Quote> => call('POST', '/quotes', { body }),
  change: (id: string, body: object): Promise<Quote> => call('PATCH', `/quotes/${id}`, { body }),
  drop: (id: string): Promise<void> => call('DELETE', `/quotes/${id}`),
  act: (id: string, action: 'submit' | 'approve' | 'reject' | 'issue' | 'revise', body: object): Promise<Quote> => call('POST', `/quotes/${id}/${action}`, { body }),
}
export const salesApi = {
  rates: (): Promise<Rates> => call('GET', '/exchange-rates'),
  saveRates: (body: object): Promise<Rates> => call('PUT', '/exchange-rates', { body }),
  approval: (): Promise<ApprovalPolicy> => call('GET', '/approval-policy'),
  saveApproval: (body: object): Promise<ApprovalPolicy> => call('PUT', '/approval-policy', { body }),
  forecast: (query: Query): Promise<Forecast> => call('GET', '/forecast', { query }),
  cycle: (query: Query): Promise<SalesCycle> => call('GET', '/sales-cycle', { query }),
}
export const tasksApi = {
  list: (query: Query): Promise<Page<Task>> => call('GET', '/tasks', { query }),
  make: (body: object): Promise<Task> => call('POST', '/tasks', { body }),
  change: (id: string, body: object): Promise<Task> => call('PATCH', `/tasks/${id}`, { body }),
  drop: (id: string): Promise<void> => call('DELETE', `/tasks/${id}`),
  restore: (id: string): Promise<Task> => call('POST', `/tasks/${id}/restore`),
  complete: (id: string, version: number): Promise<{ task: Task; next: Task | null }> => call('POST', `/tasks/${id}/complete`, { body: { version } }),
  reopen: (id: string, version: number): Promise<Task> => call('POST', `/tasks/${id}/reopen`, { body: { version } }),
  day: (): Promise<MyDay> => call('GET', '/my-day'),
  feed: (): Promise<Feed> => call('GET', '/calendar-feed'),
  makeFeed: (): Promise<Feed> => call('POST', '/calendar-feed'),
  dropFeed: (): Promise<void> => call('DELETE', '/calendar-feed'),
}
export interface Conversion {
  company: { id: string } | { name: string } | null
  deal: { title: string; amount: string; currency: string; pipeline_id?: string; stage_id?: string; expected_close?: string | null; owner_id?: string | null } | null
  owner_id?: string | null
  version?: number
}
export const leadsApi = {
  list: (query: Query): Promise<Page<Lead>> => call('GET', '/leads', { query }),
  get: (id: string): Promise<Lead> => call('GET', `/leads/${id}`),
  make: (body: object): Promise<Lead> => call('POST', '/leads', { body }),
  change: (id: string, body: object): Promise<Lead> => call('PATCH', `/leads/${id}`, { body }),
  drop: (id: string): Promise<void> => call('DELETE', `/leads/${id}`),
  restore: (id: string): Promise<Lead> => call('POST', `/leads/${id}/restore`),
  act: (id: string, action: 'qualify' | 'disqualify' | 'reopen', body: object): Promise<Lead> => call('POST', `/leads/${id}/${action}`, { body }),
  convert: (id: string, body: Conversion): Promise<{ lead: Lead; contact_id: string; company_id: string | null; deal_id: string | null }> => call('POST', `/leads/${id}/convert`, { body }),
  rules: (): Promise<AssignmentRules> => call('GET', '/assignment-rules'),
  saveRules: (body: object): Promise<AssignmentRules> => call('PUT', '/assignment-rules', { body }),
  target: (): Promise<ResponseTarget> => call('GET', '/response-target'),
  saveTarget: (body: object): Promise<ResponseTarget> => call('PUT', '/response-target', { body }),
}
