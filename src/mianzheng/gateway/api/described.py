"""The operations as the open interface describes and serves them beside the pages; see `asgi` for very many questions."""

from __future__ import annotations

from ninja import Router

PREFIX = "/verifications"
router = Router()
