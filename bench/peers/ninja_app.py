"""What `bench/gateway.py` is measured against: the same question as a django-ninja endpoint of one SELECT and one INSERT.

Written as well as its author could for what it is: raw prepared statements on a connection that stays open, the key held
in memory, one round trip to ask and one to log. It checks the key and looks up one register; it knows no consent, no
allowance, no predicate, no dispute and no seal.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
import os
import sys
import uuid
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django
import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mianzheng.site.settings")
django.setup()

from django.conf import settings  # noqa: E402 - the settings first
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from django.urls import path  # noqa: E402
from ninja import NinjaAPI, Schema  # noqa: E402
from ninja.security import HttpBearer  # noqa: E402

from mianzheng.people.queries import keyring  # noqa: E402
from mianzheng.web import sql  # noqa: E402
from mianzheng.web.ids import uuid7  # noqa: E402

ITEMS = {"identity-valid": "id_card", "homes-at-most": "family_homes"}
HOLDS = {
    "identity-valid": "r.status = 'valid' AND r.valid_until >= current_date",
    "homes-at-most": "r.homes <= 1",
}
ASK = {
    fact: f"SELECT d.subject, {HOLDS[fact]} FROM people_document d LEFT JOIN centre.{item} r ON r.subject = d.subject"
    " WHERE d.kind = 'ric' AND d.index = %s"
    for fact, item in ITEMS.items()
}
LOG = "INSERT INTO peer_log (id, at, asker, subject, fact, matter, verdict) VALUES (%s, %s, %s, %s, %s, %s, %s)"
TABLE = (
    "CREATE TABLE IF NOT EXISTS peer_log (id uuid PRIMARY KEY, at timestamptz NOT NULL, asker text NOT NULL,"
    " subject uuid, fact text NOT NULL, matter text NOT NULL, verdict text NOT NULL);"
    " CREATE INDEX IF NOT EXISTS peer_log_subject ON peer_log (subject, at DESC)"
)
KEYS: dict[bytes, str] = {}


class Key(HttpBearer):
    """The asker's key, known by its digest."""

    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        if not KEYS:
            KEYS.update((bytes(d), asker) for d, asker in sql.fetch("SELECT digest, asker FROM gateway_key"))
        return KEYS.get(hashlib.sha256(token.encode()).digest())


class Question(Schema):
    """What is asked."""

    fact: str
    matter: str
    number: str


class Answer(Schema):
    """What is answered."""

    verdict: str
    source: str
    entry: uuid.UUID


def _run(statement: str, params: list[Any]) -> Any:
    """Run a statement that the server plans once, on the connection that stays open."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection).execute(statement, params, prepare=True)


api = NinjaAPI(docs_url=None, openapi_url=None)
_keys: list[Any] = []


@api.post("/verifications", auth=Key(), response=Answer)
def verification(request: HttpRequest, question: Question) -> Answer:
    """Ask the register and write a line."""
    if not _keys:
        _keys.append(keyring())
    index = _keys[0].index_many("ric", [question.number])[0]
    rows = _run(ASK[question.fact], [index]).fetchall()
    verdict = "holds" if rows and rows[0][1] else "fails"
    entry, subject = uuid7(), rows[0][0] if rows else None
    now = datetime.datetime.now(datetime.UTC)
    said = [entry, now, request.auth, subject, question.fact, question.matter, verdict]  # type: ignore[attr-defined]
    _run(LOG, said)
    return Answer(verdict=verdict, source=ITEMS[question.fact], entry=entry)


urlpatterns = [path("api/", api.urls)]
settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = []
logging.getLogger("django.request").setLevel(logging.ERROR)  # a page that is not there is asked for while it starts
settings.DATABASES["default"]["CONN_MAX_AGE"] = None
connection.settings_dict["CONN_MAX_AGE"] = None
application = WSGIHandler()
