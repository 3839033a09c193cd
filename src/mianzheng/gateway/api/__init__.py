"""The gateway for machines: the application for many questions, the same operations among those described."""

from mianzheng.gateway.api.described import PREFIX, SCHEMES, router

__all__ = ["PREFIX", "SCHEMES", "router"]
