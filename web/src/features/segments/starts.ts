/** Conditions to begin with, for whom an empty page is too empty; those whose field the workspace does not have are left out. */
import type { Catalogue } from './catalogue'
import type { Condition } from './tree'

const STARTS: { key: string; condition: Condition }[] = [
  { key: 'consent', condition: { field: 'consent.marketing_email', op: 'is', value: 'granted' } },
  { key: 'active', condition: { field: 'campaign.opened', op: 'did', value: { period: { in_last: { amount: 30, unit: 'day' } } } } },
  { key: 'quiet', condition: { field: 'campaign.opened', op: 'did_not', value: { period: { in_last: { amount: 90, unit: 'day' } } } } },
  { key: 'fresh', condition: { field: 'date.created', op: 'in_last', value: { amount: 7, unit: 'day' } } },
  { key: 'birthday', condition: { field: 'date.birthday', op: 'anniversary_in_next', value: { amount: 7, unit: 'day' } } },
  { key: 'customers', condition: { field: 'deal.won_count', op: 'at_least', value: 1 } },
]
export function starts({ fields }: Catalogue): typeof STARTS {
  return STARTS.filter(({ condition }) => fields.some((one) => one.field === condition.field && one.operators.includes(condition.op)))
}
