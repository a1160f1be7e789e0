import { render } from '@testing-library/svelte'
import { createRawSnippet } from 'svelte'
import { describe, expect, it } from 'vitest'
import DataTable from '../src/ui/DataTable.svelte'

const text = (read: (item: { id: string }) => string) => createRawSnippet((item: () => { id: string }) => ({ render: () => `<span>${read(item())}</span>` }))

describe('a long list', () => {
  it('keeps fewer than 60 rows in the document for 1,000 records', () => {
    const items = Array.from({ length: 1000 }, (_, index) => ({ id: `row-${index}` }))
    const { container } = render(DataTable, {
      props: { label: 'Rows', items, key: (item: { id: string }) => item.id, columns: [{ id: 'id', label: 'Id', width: '1fr' }], cell: text((item) => item.id), compact: text((item) => item.id) } as never,
    })
    const rows = container.querySelectorAll('[role=row]')
    expect(rows.length).toBeGreaterThan(3)
    expect(rows.length).toBeLessThan(60)
  })
})
