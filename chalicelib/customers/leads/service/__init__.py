"""Making, reading and moving leads."""

from chalicelib.customers.leads.service.changing import (
    assign,
    change_lead,
    closing_operations,
    delete_lead,
    note_overdue,
    respond_in_time,
    restore_lead,
)
from chalicelib.customers.leads.service.creating import create_lead, create_operation, new_lead, touch_operation
from chalicelib.customers.leads.service.reading import (
    Age,
    LeadsPage,
    bin_of_leads,
    due_leads,
    find_leads,
    get_lead,
    get_leads,
    lead_of,
    leads_of,
    leads_to_answer,
    list_leads,
    loads_of,
)

__all__ = [
    "Age",
    "LeadsPage",
    "assign",
    "bin_of_leads",
    "change_lead",
    "closing_operations",
    "create_lead",
    "create_operation",
    "delete_lead",
    "due_leads",
    "find_leads",
    "get_lead",
    "get_leads",
    "lead_of",
    "leads_of",
    "leads_to_answer",
    "list_leads",
    "loads_of",
    "new_lead",
    "note_overdue",
    "respond_in_time",
    "restore_lead",
    "touch_operation",
]
