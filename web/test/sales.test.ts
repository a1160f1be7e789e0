import { describe, expect, it } from 'vitest'
import type { BoardColumn, Deal, Line, Pipeline, Task } from '../src/api/sales'
import { amountText } from '../src/features/deals/amount'
import { missingFields, moved, neighbours, stepped, withCard, without } from '../src/features/deals/board'
import { bare, decimals, lineTotal, totals, units } from '../src/features/deals/money'
import { months, scale, shifted, span } from '../src/features/forecast/bars'
import { timeLeft } from '../src/features/leads/left'
import { removed, reordered, stageId } from '../src/features/pipelines/stages'
import { oneMore, toHours, toWeek, total, wrong } from '../src/features/settings/hours'
import { grouped, groupOf, instant, localDay, localTime, readRule, understand } from '../src/features/tasks/when'
import { repeatText } from '../src/features/tasks/words'

const line = (quantity: string, unit_price: string, discount_percent = '0', tax_percent = '0'): Line => ({ product_id: null, name: 'x', quantity, unit_price, discount_percent, tax_percent })

describe('totals of lines', () => {
  it('rounds line by line, half up, as the API does', () => {
    // 3 × 33.335 = 100.005 → 100.01; 10 % of it = 10.001 → 10.00; 21 % of 90.01 = 18.9021 → 18.90
    expect(totals([line('3', '33.335', '10', '21')], 'EUR')).toEqual({ subtotal: '100.01', discount: '10.00', tax: '18.90', total: '108.91' })
    expect(lineTotal(line('3', '33.335', '10', '21'), 'EUR')).toBe('90.01')
  })
  it('keeps what floating point loses', () => {
    expect(totals([line('0.1', '0.2'), line('1', '1.005')], 'EUR').total).toBe('1.03')
    expect(totals([line('99999999', '99999999.99')], 'EUR').total).toBe('9999999899000000.01')
  })
  it('uses the smallest coin of the currency', () => {
    expect(decimals('JPY')).toBe(0)
    expect(totals([line('1', '100.5', '0', '10')], 'JPY')).toEqual({ subtotal: '101', discount: '0', tax: '10', total: '111' })
    expect(totals([line('1', '1.0005')], 'KWD').total).toBe('1.001')
  })
  it('reads what is no number as nothing', () => {
    expect(units('abc')).toBe(0n)
    expect(units('')).toBe(0n)
    expect(units('1,5')).toBe(150_000_000n)
  })
  it('sends lines without the figures the API works out', () => {
    const shown = { ...line('1', '2'), id: 'l1', total: '2.00', subtotal: '2.00', tax: '0.00', discount: '0.00' }
    expect(bare([shown])).toEqual([{ id: 'l1', product_id: null, name: 'x', quantity: '1', unit_price: '2', discount_percent: '0', tax_percent: '0' }])
  })
})

describe('amounts as they are typed', () => {
  it.each([
    ['12500', '12500'],
    ['1.234,50', '1234.50'],
    ['1,234.50', '1234.50'],
    ['1 234,5 €', '1234.5'],
    ['$ 12.5', '12.5'],
    ['1.234', '1234'],
    ['1,234,567', '1234567'],
    ['0,125', '0.125'],
    [',5', '0.5'],
    ['many', ''],
    ['', ''],
  ])('%s is %s', (typed, meant) => expect(amountText(typed)).toBe(meant))
})

const pipeline = {
  id: 'p', name: 'Sales', lost_reasons: [], currency: null, position: 0, archived: false, created_at: '', updated_at: '', version: 1,
  stages: [
    { id: 'a', name: 'A', probability: 10, required_fields: [], rotting_days: null, forecast: 'pipeline' },
    { id: 'b', name: 'B', probability: 50, required_fields: ['amount', 'expected_close', 'custom.size', 'lines'], rotting_days: null, forecast: 'pipeline' },
    { id: 'c', name: 'C', probability: 90, required_fields: [], rotting_days: null, forecast: 'commit' },
  ],
} as Pipeline
const deal = (id: string, stage_id: string, amount = '100.00'): Deal => ({ id, title: id, amount, currency: 'EUR', pipeline_id: 'p', stage_id, status: 'open', lines: [], custom: {}, expected_close: null, version: 1 }) as unknown as Deal
const board = (): BoardColumn[] => [
  { stage_id: 'a', count: 3, totals: [{ currency: 'EUR', amount: '300', weighted: '30' }], deals: [deal('1', 'a'), deal('2', 'a'), deal('3', 'a')], next_cursor: null },
  { stage_id: 'b', count: 1, totals: [{ currency: 'EUR', amount: '100', weighted: '50' }], deals: [deal('4', 'b')], next_cursor: null },
  { stage_id: 'c', count: 0, totals: [], deals: [], next_cursor: null },
]
const ids = (columns: BoardColumn[]): string[] => columns.map((column) => column.deals.map((one) => one.id).join(''))

describe('the board', () => {
  it('names the neighbour a card gets', () => {
    expect(neighbours(board(), '1', { stage_id: 'b', before_id: '4' })).toEqual({ stage_id: 'b', before_id: '4' })
    expect(neighbours(board(), '1', { stage_id: 'b', before_id: null })).toEqual({ stage_id: 'b', after_id: '4' })
    expect(neighbours(board(), '1', { stage_id: 'c', before_id: null })).toEqual({ stage_id: 'c' })
    // Last in its own column: below the last of the others.
    expect(neighbours(board(), '3', { stage_id: 'a', before_id: null })).toEqual({ stage_id: 'a', after_id: '2' })
  })
  it('moves a card with its money', () => {
    const next = moved(board(), deal('2', 'a'), { stage_id: 'b', before_id: '4' }, pipeline)
    expect(ids(next)).toEqual(['13', '24', ''])
    expect(next.map((column) => column.count)).toEqual([2, 2, 0])
    expect(next[0]?.totals[0]).toEqual({ currency: 'EUR', amount: '200', weighted: '20' })
    expect(next[1]?.totals[0]).toEqual({ currency: 'EUR', amount: '200', weighted: '100' })
    expect(next[1]?.deals[0]?.stage_id).toBe('b')
  })
  it('moves within a column without touching the totals, and back to where it was', () => {
    const next = moved(board(), deal('1', 'a'), { stage_id: 'a', before_id: '3' }, pipeline)
    expect(ids(next)[0]).toBe('213')
    expect(next[0]?.totals).toEqual(board()[0]?.totals)
    expect(ids(moved(next, deal('1', 'a'), { stage_id: 'a', before_id: '2' }, pipeline))[0]).toBe('123')
  })
  it('never holds a card twice, whatever comes in', () => {
    const elsewhere = withCard(board(), deal('1', 'c'), pipeline)
    expect(ids(elsewhere)).toEqual(['23', '4', '1'])
    expect(elsewhere.map((column) => column.count)).toEqual([2, 1, 1])
    const changed = withCard(board(), deal('1', 'a', '150.00'), pipeline)
    expect(ids(changed)).toEqual(ids(board()))
    expect(changed[0]?.totals[0]).toEqual({ currency: 'EUR', amount: '350', weighted: '35' })
    expect(ids(withCard(board(), { ...deal('1', 'a'), status: 'won' }, pipeline))).toEqual(['23', '4', ''])
    expect(ids(without(board(), deal('4', 'b'), pipeline))).toEqual(['123', '', ''])
  })
  it('goes where the arrows point', () => {
    expect(stepped(board(), deal('2', 'a'), 'up')).toEqual({ stage_id: 'a', before_id: '1' })
    expect(stepped(board(), deal('1', 'a'), 'down')).toEqual({ stage_id: 'a', before_id: '3' })
    expect(stepped(board(), deal('2', 'a'), 'down')).toEqual({ stage_id: 'a', before_id: null })
    expect(stepped(board(), deal('3', 'a'), 'down')).toBeNull()
    expect(stepped(board(), deal('1', 'a'), 'left')).toBeNull()
    expect(stepped(board(), deal('3', 'a'), 'right')).toEqual({ stage_id: 'b', before_id: '4' })
    expect(stepped(board(), deal('4', 'b'), 'right')).toEqual({ stage_id: 'c', before_id: null })
  })
  it('says what a stage still asks for', () => {
    const stage = pipeline.stages[1]
    expect(missingFields(deal('1', 'a', '0'), stage)).toEqual(['amount', 'expected_close', 'custom.size', 'lines'])
    expect(missingFields({ ...deal('1', 'a'), expected_close: '2026-12-01', custom: { size: 0 }, lines: [{}] } as unknown as Deal, stage)).toEqual([])
  })
})

describe('stages', () => {
  it('get ids of their own', () => {
    expect(stageId('Reunión', [])).toBe('reunion')
    expect(stageId('Reunión', ['reunion', 'reunion-2'])).toBe('reunion-3')
    expect(stageId('提案', [])).toBe('stage')
  })
  it('are put in order and told when they go', () => {
    expect(reordered(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a'])
    expect(reordered(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b'])
    expect(removed(pipeline.stages, pipeline.stages.slice(1)).map((one) => one.id)).toEqual(['a'])
  })
})

describe('working hours', () => {
  const hours = [{ weekday: 1, from: '15:30', to: '18:30' }, { weekday: 1, from: '09:00', to: '14:00' }, { weekday: 5, from: '09:00', to: '24:00' }]
  it('survive the way into the editor and back, in order', () => {
    expect(toHours(toWeek(hours))).toEqual([{ weekday: 1, from: '09:00', to: '14:00' }, { weekday: 1, from: '15:30', to: '18:30' }, { weekday: 5, from: '09:00', to: '24:00' }])
    expect(total(toWeek(hours))).toBe(23)
  })
  it('are refused when they end before they begin or overlap', () => {
    expect(wrong([{ from: '09:00', to: '09:00' }])).toBe('backwards')
    expect(wrong([{ from: '', to: '09:00' }])).toBe('backwards')
    expect(wrong([{ from: '13:00', to: '15:00' }, { from: '09:00', to: '14:00' }])).toBe('overlap')
    expect(wrong([{ from: '09:00', to: '14:00' }, { from: '14:00', to: '15:00' }])).toBeNull()
  })
  it('grow by a span that fits', () => {
    expect(oneMore([])).toEqual([{ from: '09:00', to: '18:00' }])
    for (const to of ['14:00', '19:30', '21:00', '22:00']) expect(wrong(oneMore([{ from: '09:00', to }]))).toBeNull()
    expect(oneMore([{ from: '09:00', to: '23:30' }])).toHaveLength(1)
  })
})

// A Sunday.
const now = new Date(2026, 10, 22, 12, 0)
const task = (given: Partial<Task>): Task => ({ id: 't', title: 't', due_at: null, has_time: false, priority: 'normal', state: 'open', ...given }) as Task
const at = (year: number, month: number, day: number, hour = 12, minute = 0): string => new Date(year, month - 1, day, hour, minute).toISOString()

describe('tasks', () => {
  it('stand where their day is', () => {
    expect(groupOf(task({}), now)).toBe('none')
    expect(groupOf(task({ due_at: at(2026, 11, 22, 9), has_time: true }), now)).toBe('overdue')
    expect(groupOf(task({ due_at: at(2026, 11, 22, 12) }), new Date(2026, 10, 22, 23))).toBe('today')
    expect(groupOf(task({ due_at: at(2026, 11, 21) }), now)).toBe('overdue')
    expect(groupOf(task({ due_at: at(2026, 11, 23, 0, 30), has_time: true }), now)).toBe('tomorrow')
    expect(groupOf(task({ due_at: at(2026, 11, 28, 23) }), now)).toBe('week')
    expect(groupOf(task({ due_at: at(2026, 11, 29) }), now)).toBe('later')
  })
  it('are grouped, earliest first, and the important first at the same time', () => {
    const due = at(2026, 11, 23)
    const sets = grouped([task({ id: 'low', due_at: due, priority: 'low' }), task({ id: 'none' }), task({ id: 'high', due_at: due, priority: 'high' })], now)
    expect(sets.map((set) => [set.id, set.tasks.map((one) => one.id)])).toEqual([['tomorrow', ['high', 'low']], ['none', ['none']]])
  })
  it.each([
    ['Llamar a Ana mañana a las 10', 'Llamar a Ana', '2026-11-23', '10:00', null, 'call'],
    ['Call Ana tomorrow at 3pm', 'Call Ana', '2026-11-23', '15:00', null, 'call'],
    ['Enviar la propuesta el viernes', 'Enviar la propuesta', '2026-11-27', '', null, 'email'],
    ['Meeting with Bob on Monday 9:30', 'Meeting with Bob', '2026-11-23', '09:30', null, 'meeting'],
    ['Revisar cuentas cada lunes a las 9', 'Revisar cuentas', '2026-11-23', '09:00', 'FREQ=WEEKLY;BYDAY=MO', 'todo'],
    ['Report every month', 'Report', '2026-11-22', '', 'FREQ=MONTHLY', 'todo'],
    ['Pagar el 5 de diciembre', 'Pagar', '2026-12-05', '', null, 'todo'],
    ['Pay on Jan 5', 'Pay', '2027-01-05', '', null, 'todo'],
    ['Reserva 3/12 20:15', 'Reserva', '2026-12-03', '20:15', null, 'todo'],
    ['Volver a probar en 3 días', 'Volver a probar', '2026-11-25', '', null, 'todo'],
    ['Follow up in two weeks', 'Follow up', '2026-12-06', '', null, 'todo'],
    ['Pasado mañana comprar papel', 'comprar papel', '2026-11-24', '', null, 'todo'],
    ['Write to the domain owner', 'Write to the domain owner', null, '', null, 'email'],
    ['Order 12 chairs', 'Order 12 chairs', null, '', null, 'todo'],
    ['Comprar 3/4 de tarta', 'Comprar de tarta', '2027-04-03', '', null, 'todo'],
    ['mañana', 'mañana', '2026-11-23', '', null, 'todo'],
  ])('“%s”', (text, title, day, time, repeat, kind) => {
    const heard = understand(text, now)
    expect(heard).toMatchObject({ title, repeat, kind, has_time: time !== '' })
    expect(heard.due ? localDay(heard.due) : null).toBe(day)
    if (heard.due && time) expect(localTime(heard.due)).toBe(time)
  })
  it('a time that has gone by means tomorrow; an hour from now is soon', () => {
    const heard = understand('Call Bob at 9:00', now)
    expect(heard.due && localDay(heard.due)).toBe('2026-11-23')
    expect(understand('ring the bell in 2 hours', now).due?.toISOString()).toBe(at(2026, 11, 22, 14))
  })
  it('hears what is urgent', () => {
    expect(understand('Call Bob !', now)).toMatchObject({ title: 'Call Bob', priority: 'high' })
    expect(understand('Hello! Bob', now)).toMatchObject({ title: 'Hello! Bob', priority: 'normal' })
    expect(understand('urgente: pagar', now).priority).toBe('high')
  })
  it('reads rules', () => {
    expect(readRule('FREQ=WEEKLY;BYDAY=SU')).toEqual({ every: 'week', interval: 1, weekday: 7 })
    expect(readRule('RRULE:FREQ=DAILY;INTERVAL=3')).toEqual({ every: 'day', interval: 3 })
    expect(readRule('FREQ=WEEKLY;BYDAY=MO,WE').every).toBe('custom')
    expect(readRule('FREQ=DAILY;COUNT=3').every).toBe('custom')
    expect(repeatText('FREQ=WEEKLY;BYDAY=MO')).toBe('Every Monday')
    expect(repeatText('FREQ=WEEKLY;INTERVAL=2')).toBe('Every 2 weeks')
  })
  it('a day alone is noon', () => {
    expect(instant('2026-12-01', '')).toBe(at(2026, 12, 1, 12))
    expect(instant('2026-12-01', '08:05')).toBe(at(2026, 12, 1, 8, 5))
    expect(instant('', '08:05')).toBeNull()
  })
})

describe('leads', () => {
  const lead = { respond_by: new Date(now.getTime() + 20 * 60_000).toISOString(), first_response_at: null, status: 'new' as const }
  it('say how much time is left, or how late it is', () => {
    expect(timeLeft(lead, now.getTime())).toEqual({ tone: 'warn', text: '20 min left' })
    expect(timeLeft(lead, now.getTime() - 3 * 3_600_000)).toMatchObject({ tone: 'plain', text: '3 h left' })
    expect(timeLeft(lead, now.getTime() + 50 * 60_000)).toEqual({ tone: 'bad', text: '30 min late' })
  })
  it('owe nothing once answered or closed', () => {
    expect(timeLeft({ ...lead, first_response_at: now.toISOString() }, now.getTime())).toBeNull()
    expect(timeLeft({ ...lead, status: 'converted' }, now.getTime())).toBeNull()
    expect(timeLeft({ ...lead, respond_by: null }, now.getTime())).toBeNull()
  })
})

describe('the forecast', () => {
  const row = (month: string, owner_id: string | null, won: string, weighted: string) => ({ month, owner_id, won, weighted, committed: '0.00', best_case: '0.00' })
  it('has a row for each month and adds up its owners', () => {
    const data = { currency: 'EUR', missing_rates: [], months: [row('2026-11', 'a', '10.50', '1'), row('2026-11', 'b', '2', '3'), row('2027-01', null, '0', '7')], undated: row('', null, '0', '0'), totals: row('', null, '0', '0') }
    expect(months(data, '2026-11', '2027-01').map((one) => [one.month, one.won, one.weighted, one.owners.length])).toEqual([['2026-11', 12.5, 4, 2], ['2026-12', 0, 0, 0], ['2027-01', 0, 7, 1]])
  })
  it('counts months over the year', () => {
    expect(shifted('2026-11', 3)).toBe('2027-02')
    expect(shifted('2026-01', -1)).toBe('2025-12')
    expect(span('2026-11', '2027-01')).toEqual(['2026-11', '2026-12', '2027-01'])
    expect(span('2026-11', '2099-01')).toHaveLength(36)
  })
  it.each([0.3, 7, 99, 1234, 87_500, 3_000_001])('has a round scale for %d', (top) => {
    const { max, lines } = scale(top)
    expect(max).toBeGreaterThanOrEqual(top)
    expect(max).toBeLessThan(top * 1.6 + 1e-9)
    expect(lines.length).toBeLessThanOrEqual(6)
    expect(lines.at(-1)).toBeCloseTo(max)
  })
})
