"""Logs as one JSON object a line. No personal data: request bodies, query strings and addresses are never written."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

NUMBER = re.compile(r"\d{17}[\dXx]|[0-9A-Z]{18}|(?<!\d)1[3-9]\d{9}(?!\d)")
"""What looks like an ID number, a credit code or a mobile phone."""


def without_numbers(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Strike out numbers of people that slipped into a message, an exception's text among them."""
    for key, value in event.items():
        if isinstance(value, str) and key not in {"timestamp", "logger"}:
            event[key] = NUMBER.sub("***", value.split("?", 1)[0] if key == "path" else value)
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    without_numbers,
]


def configure() -> None:
    """Let structlog hand its events to the standard library's logging."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def settings(form: str) -> dict[str, Any]:
    """Return Django's LOGGING; `form` is `json`, or `plain` to read along."""
    last = structlog.processors.JSONRenderer(ensure_ascii=False) if form == "json" else structlog.dev.ConsoleRenderer()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "mianzheng": {"level": "INFO"},
            "django.request": {"level": "ERROR"},  # a 404 or 403 is the page's business
            "procrastinate": {"level": "ERROR"},
            "psycopg.pool": {"level": "ERROR"},
        },
    }
