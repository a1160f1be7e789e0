"""The composition root (a skeleton until the features land)."""

from typing import Any

from chalice import Blueprint, Chalice


def register_routes(app: Chalice) -> None:
    """Mount every feature's routes."""
    health = Blueprint(__name__)

    @health.route("/v1/health", methods=["GET"])
    def get_health() -> dict[str, str]:
        return {"status": "ok"}

    app.register_blueprint(health)


def consume(queue: str, event: Any) -> dict[str, Any]:
    return {"batchItemFailures": []}


def consume_stream(event: Any) -> dict[str, Any]:
    return {"batchItemFailures": []}


def tick(event: Any) -> None:
    return None
