"""The composition root: which routes, consumers and projections there are, and what they run with.

Every feature is imported when its route or queue is first needed, so that a function pays only for what it uses.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from chalicelib.foundation import settings

if TYPE_CHECKING:
    from chalicelib.foundation.http import Routes
    from chalicelib.foundation.http.application import Application
    from chalicelib.foundation.projection import Projection
    from chalicelib.foundation.runtime import Runtime

ROUTES: dict[str, tuple[str, ...]] = {
    "foundation.http.public": ("health", "openapi.json", "docs"),
    "workspaces.settings.routes": ("workspace",),
    "workspaces.members.routes": ("members", "me", "permissions"),
    "workspaces.api_keys.routes": ("api-keys",),
    "workspaces.sessions.routes": ("session",),
    "workspaces.audit.routes": ("audit",),
    "workspaces.jobs.routes": ("jobs",),
    "customers.contacts.routes": ("contacts",),
    "customers.consent.routes": ("contacts", "purposes", "suppressions"),
    "customers.duplicates.routes": ("contacts", "duplicates"),
    "customers.merges.routes": ("contacts", "companies", "merges"),
    "customers.privacy.routes": ("contacts",),
    "customers.retention.routes": ("retention",),
    "customers.timeline.routes": ("contacts", "companies", "deals", "me"),
    "customers.files.routes": ("files",),
    "customers.leads.routes": ("leads",),
    "customers.assignment.routes": ("assignment-rules", "response-target"),
    "customers.tasks.routes": ("tasks",),
    "customers.calendar.routes": ("my-day", "calendar-feed", "calendar"),
    "customers.companies.routes": ("companies",),
    "customers.search.routes": ("search",),
    "customers.fields.routes": ("fields",),
    "customers.lists.routes": ("counts",),
    "customers.views.routes": ("views",),
    "customers.imports.routes": ("imports",),
    "customers.bulk.routes": ("bulk",),
    "customers.exports.routes": ("exports",),
    "customers.vcards.routes": ("contacts",),
    "sales.pipelines.routes": ("pipelines",),
    "sales.conversion.routes": ("leads",),
    "sales.deals.routes": ("deals", "pipelines"),
    "sales.products.routes": ("products",),
    "sales.rates.routes": ("exchange-rates",),
    "sales.forecast.routes": ("forecast",),
    "sales.cycle.routes": ("sales-cycle",),
    "sales.quotes.routes": ("quotes", "q"),
    "sales.approvals.routes": ("approval-policy",),
    "marketing.forms.routes": ("forms", "f"),
    "marketing.confirmations.routes": ("forms", "f"),
    "marketing.scoring.routes": ("scoring-rules",),
    "marketing.segments.routes": ("segments",),
    "marketing.prices.routes": ("prices",),
    "marketing.templates.routes": ("templates", "brand"),
    "marketing.images.routes": ("images",),
    "marketing.campaigns.routes": ("campaigns",),
    "marketing.sending.routes": ("campaigns", "frequency-cap", "templates"),
    "marketing.results.routes": ("campaigns", "t"),
    "marketing.tracking.routes": ("t",),
    "marketing.domains.routes": ("domains", "seed-list"),
    "marketing.messages.routes": ("messages",),
    "marketing.preferences.routes": ("preferences", "preference-topics", "u"),
    "insight.reports.routes": ("reports",),
}
"""Modules under ``chalicelib`` that have a ``routes: Routes``, with the first segments of their paths (after ``/v1``; pages
outside of the API by their own: ``f``, ``t``, ``u``). A cold function imports only the modules of the path it is asked for."""

CONSUMERS: dict[str, str] = {
    "scoring": "marketing.scoring.consumers:handle",
    "segment-fill": "marketing.segments.consumers:handle",
    "campaign-plan": "marketing.sending.consumers:plan",
    "campaign-send": "marketing.sending.consumers:walk",
    "messages": "marketing.messages.consumers:handle marketing.confirmations.consumers:handle",
    "delivery-events": "insight.reports.consumers:apply_delivery_event marketing.messages.consumers:apply_delivery_event marketing.delivery.consumers:handle",
    "reports": "insight.reports.consumers:handle",
    "jobs": "workspaces.settings.consumers:handle customers.lists.consumers:handle customers.fields.consumers:handle customers.contacts.consumers:handle customers.bulk.consumers:handle customers.companies.consumers:handle customers.files.consumers:handle customers.timeline.consumers:handle customers.merges.consumers:handle customers.privacy.consumers:handle customers.consent.consumers:handle customers.retention.consumers:handle sales.deals.consumers:handle sales.quotes.consumers:handle customers.leads.consumers:handle marketing.tracking.consumers:handle marketing.results.consumers:handle",
    "imports": "customers.imports.consumers:handle",
    "exports": "customers.exports.consumers:handle sales.quotes.consumers:typeset",
    "assignment": "customers.assignment.consumers:handle",
}
"""Queue → ``module:function`` of a handler ``(runtime, envelope) -> None``; ``delivery-events`` takes the raw body instead. Several,
with spaces between them, each get every message and leave alone what is not theirs."""

RAW_QUEUES = frozenset({"delivery-events"})

PROJECTIONS: tuple[str, ...] = (
    "workspaces.settings.projections",
    "workspaces.members.projections",
    "workspaces.api_keys.projections",
    "customers.contacts.projections",
    "customers.leads.projections",
    "customers.assignment.projections",
    "customers.tasks.projections",
    "customers.calendar.projections",
    "customers.consent.projections",
    "customers.duplicates.projections",
    "customers.merges.projections",
    "customers.retention.projections",
    "customers.companies.projections",
    "customers.fields.projections",
    "customers.views.projections",
    "customers.files.projections",
    "customers.timeline.projections",
    "customers.imports.projections",
    "sales.pipelines.projections",
    "sales.deals.projections",
    "sales.products.projections",
    "sales.rates.projections",
    "sales.quotes.projections",
    "sales.approvals.projections",
    "marketing.forms.projections",
    "marketing.scoring.projections",
    "marketing.segments.projections",
    "marketing.prices.projections",
    "marketing.templates.projections",
    "marketing.campaigns.projections",
    "marketing.sending.projections",
    "marketing.results.projections",
    "marketing.preferences.projections",
    "marketing.domains.projections",
    "marketing.messages.projections",
    "marketing.confirmations.projections",
    "insight.metrics.projections",
    "insight.profiles.projections",
    "insight.reports.projections",
)
"""Modules under ``chalicelib`` that have ``PROJECTIONS: {kind: [projection, …]}``."""

TICKS: tuple[str, ...] = (
    "customers.retention.consumers:tick",
    "sales.quotes.consumers:tick",
    "customers.imports.consumers:tick",
    "customers.work.consumers:tick",
    "customers.assignment.consumers:tick",
    "customers.tasks.consumers:tick",
    "marketing.scoring.consumers:tick",
    "marketing.segments.consumers:tick",
    "marketing.sending.consumers:tick",
    "marketing.messages.consumers:tick",
    "marketing.tracking.consumers:tick",
    "insight.reports.consumers:tick",
)
"""``module:function`` of what happens every minute: ``(runtime) -> None``, each safe to repeat."""


PARTS: dict[str, dict[str, str]] = {
    "list": {
        "contact": "customers.contacts.listing:LISTING",
        "company": "customers.companies.listing:LISTING",
        "deal": "sales.deals.listing:LISTING",
        "lead": "customers.leads.listing:LISTING",
        "task": "customers.tasks.listing:LISTING",
    },
    "bulk": {
        "contact": "customers.contacts.bulk:PART",
        "company": "customers.companies.bulk:PART",
        "lead": "customers.leads.bulk:PART",
        "task": "customers.tasks.bulk:PART",
        "deal": "sales.deals.bulk:PART",
    },
    "job": {
        "personal_data_export": "customers.privacy.jobs:EXPORT",
        "bulk": "customers.bulk.service:JOBS",
        "bulk_undo": "customers.bulk.service:UNDOS",
        "export": "customers.exports.service:JOBS",
        "suppression_import": "customers.consent.lists:JOBS",
        "suppression_export": "customers.consent.lists:JOBS",
        "reclassify": "marketing.tracking.reclassifying:JOBS",
    },
    "segment": {
        "static": "marketing.segments.bulk:STATIC",
    },
    "import": {
        "contact": "customers.contacts.importing:PART",
        "company": "customers.companies.importing:PART",
        "lead": "customers.leads.importing:PART",
        "deal": "sales.deals.importing:PART",
    },
    "export": {
        "contact": "customers.contacts.exporting:PART",
        "company": "customers.companies.exporting:PART",
        "lead": "customers.leads.exporting:PART",
        "task": "customers.tasks.exporting:PART",
        "deal": "sales.deals.exporting:PART",
    },
    "erase": {
        "forms": "marketing.forms.erasure:ERASURE",
        "sending": "marketing.sending.erasure:ERASURE",
        "tracking": "marketing.tracking.erasure:ERASURE",
        "messages": "marketing.messages.erasure:ERASURE",
        "confirmations": "marketing.confirmations.erasure:ERASURE",
        "segments": "marketing.segments.erasure:ERASURE",
        "quotes": "sales.quotes.erasure:ERASURE",
        "deals": "sales.deals.erasure:ERASURE",
        "files": "customers.files.erasure:ERASURE",
        "tasks": "customers.tasks.erasure:ERASURE",
        "leads": "customers.leads.erasure:ERASURE",
        "timeline": "customers.timeline.erasure:ERASURE",
        "merges": "customers.merges.erasure:ERASURE",
        "duplicates": "customers.duplicates.erasure:ERASURE",
        "consent": "customers.consent.erasure:ERASURE",
        "journals": "customers.journals.erasure:ERASURE",
        "privacy": "customers.privacy.erasure:ERASURE",
        "contacts": "customers.contacts.erasure:ERASURE",  # last: the others find their things from here
    },
    "expire": {
        "submissions": "marketing.forms.expiring:EXPIRING",
        "timeline": "customers.timeline.expiring:EXPIRING",
        "leads_closed": "customers.leads.expiring:EXPIRING",
        "contacts_inactive": "customers.privacy.expiring:EXPIRING",
        "exports": "customers.exports.expiring:EXPIRING",
        "imports": "customers.imports.expiring:EXPIRING",
        "hits": "marketing.tracking.expiring:EXPIRING",
    },
    "named": {
        "form": "marketing.forms.named:FORMS",
        "campaign": "marketing.campaigns.named:CAMPAIGNS",
        "link": "marketing.campaigns.named:LINKS",
        "pipeline": "sales.pipelines.named:PIPELINES",
        "stage": "sales.pipelines.named:STAGES",
    },
    "merge": {
        "scoring": "marketing.scoring.merging:FOLLOWER",
        "segments": "marketing.segments.merging:FOLLOWER",
    },
    "money": {
        "rates": "sales.rates.parts:RATES",
    },
    "things": {
        "contact": "customers.things:CONTACTS",
        "company": "customers.things:COMPANIES",
        "lead": "customers.things:LEADS",
        "deal": "sales.things:DEALS",
        "task": "customers.tasks.things:TASKS",
    },
}
"""Where a general feature meets the kinds it works on: what it asks for → kind (or feature) → ``module:name``. So customers'
bulk changes reach sales' deals although no wing imports one above it. `Runtime.parts` gives them, imported."""


@cache
def parts(asked: str) -> "dict[str, Any]":
    """Everything registered in `PARTS` for this, imported."""
    return {name: _load(place) for name, place in PARTS[asked].items()}


@cache
def runtime() -> "Runtime":
    """The function's runtime, made once."""
    from chalicelib.foundation.runtime import Runtime

    return Runtime(settings.from_environment(), parts=parts)


def feature_routes() -> "list[Routes]":
    """Every feature's routes, imported."""
    return [import_module(f"chalicelib.{name}").routes for name in ROUTES]


def register_routes(app: "Application") -> None:
    """Mount the routes: none in a queue's function, each when it is first asked for in the API's function, all of them
    everywhere else (packaging, tests, scripts).
    """
    here = settings.from_environment()
    if here.handler not in ("", "app.app"):
        return
    from chalicelib.foundation.http.routes import Services, mount
    from chalicelib.workspaces.access import Access

    Services.runtime = staticmethod(runtime)
    Services.authenticator = Access()
    Services.all_routes = staticmethod(feature_routes)
    if here.handler:
        app.on_first_request(mount_for)
    else:
        mount(app, feature_routes())


def mount_for(app: "Application", resource_path: str) -> None:
    """Import and mount the modules that a path belongs to."""
    from chalicelib.foundation.http.routes import mount

    segments = resource_path.strip("/").split("/")
    first = segments[1] if segments[0] == "v1" and len(segments) > 1 else segments[0]
    modules = [name for name, prefixes in ROUTES.items() if first in prefixes]
    mount(app, [import_module(f"chalicelib.{name}").routes for name in modules])


def _load(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    found: Callable[..., Any] = getattr(import_module(f"chalicelib.{module}"), name)
    return found


def consume(queue: str, event: Any) -> dict[str, Any]:
    """A batch of one queue, for Lambda."""
    from chalicelib.foundation.messaging.batch import consume as consume_batch
    from chalicelib.foundation.messaging.batch import enveloped

    handlers = [_load(place) for place in CONSUMERS[queue].split()]

    def handle(message: Any) -> None:
        for handler in handlers:
            handler(runtime(), message)

    take = handle if queue in RAW_QUEUES else enveloped(handle)
    return consume_batch(event.to_dict(), event.context, queue=queue, handle=take)


@cache
def projections() -> "dict[str, list[Projection]]":
    """Every feature's projections, by the kind of item they look at."""
    found: dict[str, list[Projection]] = {}
    for name in PROJECTIONS:
        for kind, functions in import_module(f"chalicelib.{name}").PROJECTIONS.items():
            found.setdefault(kind, []).extend(functions)
    return found


def consume_stream(event: Any) -> dict[str, Any]:
    """A batch of the table's stream, for Lambda."""
    from chalicelib.foundation.projection import project

    here = runtime()

    def reject(record: str) -> None:
        here.aws.call(
            "sqs",
            "AmazonSQS.SendMessage",
            {"QueueUrl": here.settings.projector_dlq_url, "MessageBody": record},
        )

    return project(
        event.to_dict(),
        projections=projections(),
        table=here.table,
        queues=here.queues,
        clock=here.clock,
        reject=reject,
    )


def tick(event: Any) -> None:  # noqa: ARG001 - Lambda's event says only that a minute has passed
    """Every minute. One task that fails does not keep the others from running; the failure is raised at the end, so that
    it is counted and, after Lambda's retries, lands in the dead-letter queue.
    """
    import time

    from chalicelib.foundation import observability

    started = time.perf_counter()
    failures: list[Exception] = []
    for place in TICKS:
        try:
            _load(place)(runtime())
        except Exception as error:  # noqa: BLE001
            observability.failure("tick failed", task=place)
            failures.append(error)
    observability.invocation("tick", started=started, tasks=len(TICKS), failed=len(failures))
    if failures:
        raise ExceptionGroup("some of the minute's tasks failed", failures)
