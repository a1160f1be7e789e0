import { describe, expect, it } from 'vitest'
import { POWER, PRICES, shifted, typed } from '../src/features/sending/prices'

describe('prices', () => {
  it('are shown per thousand and per million without rounding, and go back as they came', () => {
    expect(shifted('0.0001', 3)).toBe('0.1')
    expect(shifted('0.000000705', 6)).toBe('0.705')
    expect(shifted('0.0000166667', 6)).toBe('16.6667')
    expect(shifted('2', 6)).toBe('2000000')
    expect(shifted('0.705', -6)).toBe('0.000000705')
    expect(shifted('1234.5', -3)).toBe('1.2345')
    expect(shifted('0', 6)).toBe('0')
    for (const name of PRICES) for (const price of ['0', '0.000000000001', '0.12', '999.5', '1000']) expect(shifted(shifted(price, POWER[name]), -POWER[name])).toBe(price)
  })
  it('are typed with a point or a comma', () => {
    expect(typed(' 16,667 ')).toBe('16.667')
    expect(typed('.5')).toBe('0.5')
    expect(typed('3.')).toBe('3')
    for (const wrong of ['', '-1', '1.000,50', 'x', '1e3', '.']) expect(typed(wrong)).toBe('')
  })
})
