"""Every way into Clientela: HTTP routes, queues, the table's stream and schedules; one line each, no logic.

Event handlers are declared here and never in a blueprint: a blueprint's handler deploys as ``chalicelib.x.func``, so Lambda
would import that module without this one (aws/chalice#1566). Each handler imports its own feature when it is first called,
so that a function pays only for what it uses.
"""

from typing import Any

from chalice import Rate

from chalicelib import wiring
from chalicelib.foundation.http.application import Application

app = Application(app_name="clientela", debug=False, configure_logs=False)  # Powertools writes the lines
wiring.register_routes(app)


@app.on_dynamodb_record(stream_arn="arn:aws:dynamodb:eu-west-1:000000000000:table/clientela/stream/0", batch_size=100)
def project(event: Any) -> dict[str, Any]:
    """The table's stream: derived rows and facts."""
    return wiring.consume_stream(event)


@app.on_sqs_message(queue="scoring", batch_size=10)
def score(event: Any) -> dict[str, Any]:
    """Facts that may change a score."""
    return wiring.consume("scoring", event)


@app.on_sqs_message(queue="segment-fill", batch_size=1)
def fill_segments(event: Any) -> dict[str, Any]:
    """One page of a new segment's first fill."""
    return wiring.consume("segment-fill", event)


@app.on_sqs_message(queue="campaign-plan", batch_size=1)
def plan_campaigns(event: Any) -> dict[str, Any]:
    """One page of a campaign's audience into its ledger."""
    return wiring.consume("campaign-plan", event)


@app.on_sqs_message(queue="campaign-send", batch_size=1)
def send_campaigns(event: Any) -> dict[str, Any]:
    """One batch of a campaign's recipients."""
    return wiring.consume("campaign-send", event)


@app.on_sqs_message(queue="messages", batch_size=1)
def send_messages(event: Any) -> dict[str, Any]:
    """One mail by order of a program."""
    return wiring.consume("messages", event)


@app.on_sqs_message(queue="delivery-events", batch_size=10)
def apply_delivery_events(event: Any) -> dict[str, Any]:
    """What the mail provider says of a message: delivered, bounced, complained."""
    return wiring.consume("delivery-events", event)


@app.on_sqs_message(queue="reports", batch_size=1)
def run_reports(event: Any) -> dict[str, Any]:
    """One run of a report."""
    return wiring.consume("reports", event)


@app.on_sqs_message(queue="jobs", batch_size=1)
def run_jobs(event: Any) -> dict[str, Any]:
    """One step of a long job: many records changed at once, somebody erased, something swept."""
    return wiring.consume("jobs", event)


@app.on_sqs_message(queue="imports", batch_size=1)
def run_imports(event: Any) -> dict[str, Any]:
    """One piece of an import."""
    return wiring.consume("imports", event)


@app.on_sqs_message(queue="exports", batch_size=1)
def run_exports(event: Any) -> dict[str, Any]:
    """One piece of an export, or a quote as PDF."""
    return wiring.consume("exports", event)


@app.on_sqs_message(queue="assignment", batch_size=10)
def assign_leads(event: Any) -> dict[str, Any]:
    """New leads that nobody has yet."""
    return wiring.consume("assignment", event)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def tick(event: Any) -> None:
    """Every minute: what is due, expired or missed."""
    wiring.tick(event)
