/** Sales and tasks: short names for the shapes of the API, and the calls the screens make. */
import { client, ok } from './client'
import type { components, paths } from './schema'
import type { Page } from './types'

type Schemas = components['schemas']

export type Stage = Schemas['StageOut']
export type Forecasting = Stage['forecast']
export type Pipeline = Schemas['PipelineOut']
/** A line as it is edited: what the API takes, all of it text. */
export interface Line {
  id?: string
  product_id: string | null
  name: string
  quantity: string
  unit_price: string
  discount_percent: string
  tax_percent: string
}
export type Totals = Schemas['chalicelib__sales__schemas__TotalsOut']
export type Deal = Schemas['DealOut']
export type MoneyTotal = Schemas['MoneyTotalOut']
export type BoardColumn = Schemas['BoardColumnOut']
export type StageChange = Schemas['StageChangeOut']
export type Product = Schemas['ProductOut']
export type Rates = Schemas['ExchangeRatesOut']
export type Forecast = Schemas['ForecastOut']
export type SalesCycle = Schemas['SalesCycleOut']
export type QuoteListed = Schemas['QuoteListed']
export type Quote = Schemas['QuoteOut']
export type QuoteState = Quote['state']
export type ApprovalPolicy = Schemas['ApprovalPolicyOut']
export type Task = Schemas['TaskOut']
export type TaskKind = Task['kind']
export type Priority = Task['priority']
export interface About {
  kind: 'contact' | 'company' | 'lead' | 'deal'
  id: string
  title?: string | null
}
export type MyDay = Schemas['MyDayOut']
export type Lead = Schemas['LeadOut']
export type AssignmentRule = Schemas['AssignmentRuleOut'] & { when: Schemas['RuleConditionIn'][] }
export interface AssignmentRules {
  rules: AssignmentRule[]
  version: number
}
export type ResponseTarget = Schemas['ResponseTargetOut']
export type Feed = Schemas['CalendarFeedOut']

type QueryOf<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never
/** A query in which what is not asked for may be empty. */
type Loose<Q> = { [K in keyof Q]?: Q[K] | '' | null | undefined }
function said<Q>(query: Loose<Q>): Q {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '')) as Q
}

export const pipelinesApi = {
  list: (): Promise<Page<Pipeline>> => ok(client.GET('/v1/pipelines')),
  make: (body: Schemas['PipelineIn']): Promise<Pipeline> => ok(client.POST('/v1/pipelines', { body })),
  change: (pipeline_id: string, body: Schemas['PipelineChange']): Promise<Pipeline> => ok(client.PATCH('/v1/pipelines/{pipeline_id}', { params: { path: { pipeline_id } }, body })),
  drop: (pipeline_id: string): Promise<unknown> => ok(client.DELETE('/v1/pipelines/{pipeline_id}', { params: { path: { pipeline_id } } })),
  board: (pipeline_id: string, query: Loose<QueryOf<'/v1/pipelines/{pipeline_id}/board'>>): Promise<{ columns: BoardColumn[] }> =>
    ok(client.GET('/v1/pipelines/{pipeline_id}/board', { params: { path: { pipeline_id }, query: said(query) } })),
}
export const dealsApi = {
  list: (query: Loose<QueryOf<'/v1/deals'>>): Promise<Page<Deal>> => ok(client.GET('/v1/deals', { params: { query: said(query) } })),
  get: (deal_id: string): Promise<Deal> => ok(client.GET('/v1/deals/{deal_id}', { params: { path: { deal_id } } })),
  make: (body: Schemas['DealIn']): Promise<Deal> => ok(client.POST('/v1/deals', { body })),
  change: (deal_id: string, body: Schemas['DealChange']): Promise<Deal> => ok(client.PATCH('/v1/deals/{deal_id}', { params: { path: { deal_id } }, body })),
  drop: (deal_id: string): Promise<unknown> => ok(client.DELETE('/v1/deals/{deal_id}', { params: { path: { deal_id } } })),
  restore: (deal_id: string): Promise<Deal> => ok(client.POST('/v1/deals/{deal_id}/restore', { params: { path: { deal_id } } })),
  move: (deal_id: string, body: Schemas['DealMove']): Promise<Deal> => ok(client.POST('/v1/deals/{deal_id}/move', { params: { path: { deal_id } }, body })),
  win: (deal_id: string, body: Schemas['DealWon']): Promise<Deal> => ok(client.POST('/v1/deals/{deal_id}/win', { params: { path: { deal_id } }, body })),
  lose: (deal_id: string, body: Schemas['DealLost']): Promise<Deal> => ok(client.POST('/v1/deals/{deal_id}/lose', { params: { path: { deal_id } }, body })),
  reopen: (deal_id: string, version: number): Promise<Deal> => ok(client.POST('/v1/deals/{deal_id}/reopen', { params: { path: { deal_id } }, body: { version } })),
  history: (deal_id: string): Promise<Page<StageChange>> => ok(client.GET('/v1/deals/{deal_id}/history', { params: { path: { deal_id }, query: { limit: 100 } } })),
}
export const productsApi = {
  list: (query: Loose<QueryOf<'/v1/products'>> = {}): Promise<Page<Product>> => ok(client.GET('/v1/products', { params: { query: said({ limit: 100, ...query }) } })),
  make: (body: Schemas['ProductIn']): Promise<Product> => ok(client.POST('/v1/products', { body })),
  change: (product_id: string, body: Schemas['ProductChange']): Promise<Product> => ok(client.PATCH('/v1/products/{product_id}', { params: { path: { product_id } }, body })),
  drop: (product_id: string): Promise<unknown> => ok(client.DELETE('/v1/products/{product_id}', { params: { path: { product_id } } })),
}
export const quotesApi = {
  list: (query: Loose<QueryOf<'/v1/quotes'>>): Promise<Page<QuoteListed>> => ok(client.GET('/v1/quotes', { params: { query: said(query) } })),
  get: (quote_id: string): Promise<Quote> => ok(client.GET('/v1/quotes/{quote_id}', { params: { path: { quote_id } } })),
  make: (body: Schemas['QuoteIn']): Promise<Quote> => ok(client.POST('/v1/quotes', { body })),
  change: (quote_id: string, body: Schemas['QuoteChange']): Promise<Quote> => ok(client.PATCH('/v1/quotes/{quote_id}', { params: { path: { quote_id } }, body })),
  drop: (quote_id: string): Promise<unknown> => ok(client.DELETE('/v1/quotes/{quote_id}', { params: { path: { quote_id } } })),
  submit: (quote_id: string, body: Schemas['QuoteStep']): Promise<Quote> => ok(client.POST('/v1/quotes/{quote_id}/submit', { params: { path: { quote_id } }, body })),
  approve: (quote_id: string, body: Schemas['QuoteDecision']): Promise<Quote> => ok(client.POST('/v1/quotes/{quote_id}/approve', { params: { path: { quote_id } }, body })),
  reject: (quote_id: string, body: Schemas['QuoteDecision']): Promise<Quote> => ok(client.POST('/v1/quotes/{quote_id}/reject', { params: { path: { quote_id } }, body })),
  issue: (quote_id: string, body: Schemas['QuoteIssue']): Promise<Quote> => ok(client.POST('/v1/quotes/{quote_id}/issue', { params: { path: { quote_id } }, body })),
  revise: (quote_id: string, body: Schemas['QuoteStep']): Promise<Quote> => ok(client.POST('/v1/quotes/{quote_id}/revise', { params: { path: { quote_id } }, body })),
}
export const salesApi = {
  rates: (): Promise<Rates> => ok(client.GET('/v1/exchange-rates')),
  saveRates: (body: Schemas['ExchangeRatesIn']): Promise<Rates> => ok(client.PUT('/v1/exchange-rates', { body })),
  approval: (): Promise<ApprovalPolicy> => ok(client.GET('/v1/approval-policy')),
  saveApproval: (body: Schemas['ApprovalPolicyIn']): Promise<ApprovalPolicy> => ok(client.PUT('/v1/approval-policy', { body })),
  forecast: (query: Loose<QueryOf<'/v1/forecast'>>): Promise<Forecast> => ok(client.GET('/v1/forecast', { params: { query: said(query) } })),
  cycle: (query: Loose<QueryOf<'/v1/sales-cycle'>>): Promise<SalesCycle> => ok(client.GET('/v1/sales-cycle', { params: { query: said(query) } })),
}
export const tasksApi = {
  list: (query: Loose<QueryOf<'/v1/tasks'>>): Promise<Page<Task>> => ok(client.GET('/v1/tasks', { params: { query: said(query) } })),
  make: (body: Schemas['TaskIn']): Promise<Task> => ok(client.POST('/v1/tasks', { body })),
  change: (task_id: string, body: Schemas['TaskChange']): Promise<Task> => ok(client.PATCH('/v1/tasks/{task_id}', { params: { path: { task_id } }, body })),
  drop: (task_id: string): Promise<unknown> => ok(client.DELETE('/v1/tasks/{task_id}', { params: { path: { task_id } } })),
  restore: (task_id: string): Promise<Task> => ok(client.POST('/v1/tasks/{task_id}/restore', { params: { path: { task_id } } })),
  complete: (task_id: string, version: number): Promise<Schemas['TaskDone']> => ok(client.POST('/v1/tasks/{task_id}/complete', { params: { path: { task_id } }, body: { version } })),
  reopen: (task_id: string, version: number): Promise<Task> => ok(client.POST('/v1/tasks/{task_id}/reopen', { params: { path: { task_id } }, body: { version } })),
  day: (): Promise<MyDay> => ok(client.GET('/v1/my-day')),
  feed: (): Promise<Feed> => ok(client.GET('/v1/calendar-feed')),
  makeFeed: (): Promise<Feed> => ok(client.POST('/v1/calendar-feed')),
  dropFeed: (): Promise<unknown> => ok(client.DELETE('/v1/calendar-feed')),
}
export const leadsApi = {
  list: (query: Loose<QueryOf<'/v1/leads'>>): Promise<Page<Lead>> => ok(client.GET('/v1/leads', { params: { query: said(query) } })),
  get: (lead_id: string): Promise<Lead> => ok(client.GET('/v1/leads/{lead_id}', { params: { path: { lead_id } } })),
  make: (body: Schemas['LeadIn']): Promise<Lead> => ok(client.POST('/v1/leads', { body })),
  change: (lead_id: string, body: Schemas['LeadChange']): Promise<Lead> => ok(client.PATCH('/v1/leads/{lead_id}', { params: { path: { lead_id } }, body })),
  drop: (lead_id: string): Promise<unknown> => ok(client.DELETE('/v1/leads/{lead_id}', { params: { path: { lead_id } } })),
  restore: (lead_id: string): Promise<Lead> => ok(client.POST('/v1/leads/{lead_id}/restore', { params: { path: { lead_id } } })),
  disqualify: (lead_id: string, body: Schemas['LeadDisqualify']): Promise<Lead> => ok(client.POST('/v1/leads/{lead_id}/disqualify', { params: { path: { lead_id } }, body })),
  convert: (lead_id: string, body: Schemas['ConversionIn']): Promise<Schemas['ConversionOut']> => ok(client.POST('/v1/leads/{lead_id}/convert', { params: { path: { lead_id } }, body })),
  rules: (): Promise<AssignmentRules> => ok(client.GET('/v1/assignment-rules')) as Promise<AssignmentRules>,
  saveRules: (body: Schemas['AssignmentRulesIn']): Promise<AssignmentRules> => ok(client.PUT('/v1/assignment-rules', { body })) as Promise<AssignmentRules>,
  target: (): Promise<ResponseTarget> => ok(client.GET('/v1/response-target')),
  saveTarget: (body: Schemas['ResponseTargetIn']): Promise<ResponseTarget> => ok(client.PUT('/v1/response-target', { body })),
}
