"""From what a machine sent to questions, and back from outcomes to what it is sent; the same at both doors."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from mianzheng.catalogue.rules.city import City
from mianzheng.common.reasons import Reason
from mianzheng.gateway.actions.answering import Asked, answer
from mianzheng.gateway.actions.replies import Repeat
from mianzheng.gateway.queries.standing import InForce, in_force, recognise
from mianzheng.gateway.rules.keys import BATCH, SINGLE, Caller, digest
from mianzheng.gateway.rules.questions import (
    MOST,
    NOW,
    STATUS,
    WHAT,
    Denied,
    Not,
    Outcome,
    Question,
    Told,
    as_json,
    fits,
    parse,
)
from mianzheng.web.problems import CONTENT_TYPE, problem_body
from mianzheng.web.words import say

LARGEST = 2_000
"""Bytes of a single question."""
LARGEST_BATCH = 4_000_000
PART = 1_000
"""Questions of a batch that are answered and sent together."""
LONGEST_KEY = 128
SHARED = ("fact", "matter", "kind")
"""What may stand once for all questions of a batch."""
JSON, NDJSON = "application/json", "application/x-ndjson"


class Call(NamedTuple):
    """One question as it came: the token it was sent with, and by what its request is known again, if at all."""

    token: str
    question: Question
    key: str = ""
    part: int = 0
    request: bytes = b""
    scope: str = SINGLE


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer as it goes out."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


def single(headers: Mapping[str, str], body: bytes) -> Call | Denied:
    """Read one question."""
    token = token_of(headers)
    if denied := _headers_wrong(headers, token):
        return denied
    question = parse(_parsed(body))
    if isinstance(question, Denied):
        return question
    return Call(token, question, *known_again(headers, body))


def batch(headers: Mapping[str, str], body: bytes) -> list[Call | Denied] | Denied:
    """Read the questions of a batch; one that is written wrongly is denied by itself and stops no other."""
    token = token_of(headers)
    if denied := _headers_wrong(headers, token):
        return denied
    given = _parsed(body)
    questions = given.get("questions") if isinstance(given, dict) else None
    if not isinstance(questions, list) or not 1 <= len(questions) <= MOST:
        return Denied(Not.WRONG, "questions")
    defaults = {name: value for name, value in given.items() if name != "questions"}
    for name, value in defaults.items():
        if name not in SHARED or not fits(name, value):
            return Denied(Not.WRONG, name if name in SHARED else "")
    key, _, request = known_again(headers, body)
    read = [parse(each, defaults) for each in questions]
    return [each if isinstance(each, Denied) else Call(token, each, key, 0, request, BATCH) for each in read]


def refs(body: bytes) -> list[str]:
    """Return what the questions of a batch are called by whoever asks."""
    questions = _parsed(body).get("questions", ())
    return [str(each.get("ref", ""))[:64] if isinstance(each, dict) else "" for each in questions]


def of_part(asked: Sequence[Call | Denied], part: int) -> list[Call]:
    """Return the questions of one part of a batch that were written rightly."""
    return [each._replace(part=part) if each.key else each for each in asked if isinstance(each, Call)]


def of_all(outcomes: Sequence[Outcome]) -> Denied | None:
    """Return why nothing at all is answered: nobody knows the caller, it may not ask batches, its key was used before."""
    first = next((each for each in outcomes if not (isinstance(each, Denied) and each.why in _OWN)), None)
    whole = (Not.UNKNOWN, Not.SCOPE, Not.REPEATED)
    return first if isinstance(first, Denied) and first.why in whole else None


_OWN = (Not.WRONG, Not.NUMBER)


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _headers_wrong(headers: Mapping[str, str], token: str) -> Denied | None:
    if not token:
        return Denied(Not.UNKNOWN)
    return Denied(Not.WRONG, "Idempotency-Key") if len(headers.get("idempotency-key", "")) > LONGEST_KEY else None


def token_of(headers: Mapping[str, str]) -> str:
    """Return the bearer token (RFC 6750), empty where there is none."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def known_again(headers: Mapping[str, str], body: bytes) -> tuple[str, int, bytes]:
    """Return by what a repeat is known: the idempotency key, part 0, and the SHA-256 of the body; nothing without a key."""
    key = headers.get("idempotency-key", "").strip().strip('"')
    return (key, 0, hashlib.sha256(body).digest()) if key else ("", 0, b"")


def callers(standing: InForce, tokens: Sequence[str], *, now: datetime.datetime) -> dict[str, Caller | None]:
    """Return who calls with each of `tokens` (no query for keys, two for each token of the identity provider)."""
    return {token: recognise(standing, digest(token), token, now=now) for token in set(tokens)}


def answer_calls(calls: Sequence[Call], *, city: City, now: datetime.datetime) -> list[Outcome]:
    """Answer what came together, each for whoever sent it."""
    standing = in_force()
    known = callers(standing, [call.token for call in calls], now=now)
    outcomes: list[Outcome | None] = []
    asked = []
    for call in calls:
        caller = known[call.token]
        denied = Not.UNKNOWN if caller is None else "" if call.scope in caller.scopes else Not.SCOPE
        outcomes.append(Denied(denied) if denied else None)
        if caller is not None and not denied:
            repeat = Repeat(caller.asker, call.key, call.part, call.request) if call.key else None
            asked.append(Asked(caller, call.question, repeat))
    answers = iter(answer(city=city, standing=standing, asked=asked, now=now) if asked else ())
    return [outcome or next(answers) for outcome in outcomes]


def sent(outcome: Outcome, language: str) -> Sent:
    """Return the response to a single question."""
    if isinstance(outcome, Denied):
        return refused(outcome, language)
    if isinstance(outcome, Told):
        return Sent(200, compact(outcome.line), (("content-type", JSON), ("idempotent-replayed", "true")))
    return Sent(200, compact(as_json(outcome)), (("content-type", JSON), ("ratelimit-remaining", str(outcome.left))))


def refused(denied: Denied, language: str) -> Sent:
    """Return the problem (RFC 9457) that says why nothing was answered, in the reader's language."""
    with translation.override(spoken(language)):
        what = say(denied.detail) if denied.detail else say(Reason(WHAT[denied.why]))
        now = say(Reason(NOW[denied.why]))
    status = STATUS[denied.why]
    body = problem_body(status, what, detail=now, field=denied.field, code=denied.why)
    headers = [("content-type", CONTENT_TYPE)]
    if denied.why is Not.UNKNOWN:
        headers.append(("www-authenticate", 'Bearer realm="mianzheng"'))
    if denied.retry_after:
        headers.append(("retry-after", str(denied.retry_after)))
    if denied.why is Not.ALLOWANCE:
        headers.append(("ratelimit-remaining", "0"))
    return Sent(status, body, tuple(headers))


def spoken(header: str) -> str:
    """Return the language of ours that fits an Accept-Language header: Chinese, unless English is wanted more."""
    wanted = [code for code, _ in parse_accept_lang_header(header[:200])]
    first = next((code for code in wanted if code.startswith(("zh", "en"))), "zh")
    return "en" if first.startswith("en") else "zh-hans"


def compact(told: Mapping[str, Any]) -> bytes:
    """Return `told` as it is sent."""
    return orjson.dumps(told)
