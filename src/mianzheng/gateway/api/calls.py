"""From what a machine sent to questions, and back from outcomes to what it is sent; the same at both doors."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import orjson
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from mianzheng.catalogue.rules.city import City
from mianzheng.common.periods import here
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.actions.answering import Asked, answer
from mianzheng.gateway.actions.keys import note_use
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
    line,
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
UNREADABLE = "\ufffd"
"""Stands for a header that is there and cannot be read."""
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


Line: TypeAlias = "tuple[str, Call | Denied]"
"""One question of a batch: what it is called, and what was read."""


def single(headers: Mapping[str, str], body: bytes) -> Call | Denied:
    """Read one question."""
    token = token_of(headers)
    if denied := _headers_wrong(headers, token):
        return denied
    question = parse(_parsed(body))
    if isinstance(question, Denied):
        return question
    return Call(token, question, *known_again(headers, body))


def batch(headers: Mapping[str, str], body: bytes) -> list[Line] | Denied:
    """Read the questions of a batch, each with what it is called; one that is written wrongly is denied by itself and stops
    no other.
    """
    token = token_of(headers)
    if denied := _headers_wrong(headers, token):
        return denied
    given = _parsed(body)
    questions = given.get("questions") if isinstance(given, dict) else None
    if not isinstance(questions, list) or not 1 <= len(questions) <= MOST:
        return Denied(Not.WRONG, "questions", detail=Reason(N_("一批要有 1 到 %(most)s 个问题。"), {"most": MOST}))
    defaults = {name: value for name, value in given.items() if name != "questions"}
    for name, value in defaults.items():
        if name not in SHARED or not fits(name, value):
            return Denied(Not.WRONG, name if name in SHARED else "")
    key, _, request = known_again(headers, body)
    read = []
    for each in questions:
        question = parse(each, defaults)
        if isinstance(question, Denied):
            ref = each.get("ref", "") if isinstance(each, dict) else ""
            read.append((ref if fits("ref", ref) else "", question))
        else:
            read.append((question.ref, Call(token, question, key, 0, request, BATCH)))
    return read


def parts(read: Sequence[Line]) -> Iterator[tuple[Sequence[Line], list[Call]]]:
    """Yield what is answered and sent together, part after part, and of it the questions that were written rightly."""
    for part, start in enumerate(range(0, len(read), PART)):
        lines = read[start : start + PART]
        yield lines, [each._replace(part=part) for _, each in lines if isinstance(each, Call)]


def written(lines: Sequence[Line], answers: Sequence[Outcome]) -> bytes:
    """Return a part as it is sent: a line for each question, in order; `answers` are those to the questions asked."""
    told = iter(answers)
    return b"".join([compact(line(ref, next(told) if isinstance(each, Call) else each)) + b"\n" for ref, each in lines])


def reused(answers: Sequence[Outcome]) -> Denied | None:
    """Return why nothing at all is answered: the key of another request was sent with this one."""
    first = next(iter(answers), None)
    return first if isinstance(first, Denied) and first.why is Not.REPEATED else None


def unknown(token: str, scope: str, *, now: datetime.datetime) -> Denied | None:
    """Return why whoever sends `token` may not ask at all; None where they may."""
    standing = in_force(here(now).date())
    caller = recognise(standing, digest(token), token, now=now)
    if caller is None:
        return Denied(Not.UNKNOWN)
    return None if scope in caller.scopes else Denied(Not.SCOPE)


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _headers_wrong(headers: Mapping[str, str], token: str) -> Denied | None:
    if not token:
        return Denied(Not.UNKNOWN)
    key = headers.get("idempotency-key", "")
    return Denied(Not.WRONG, "Idempotency-Key") if len(key) > LONGEST_KEY or UNREADABLE in key else None


def token_of(headers: Mapping[str, str]) -> str:
    """Return the bearer token (RFC 6750), empty where there is none."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def known_again(headers: Mapping[str, str], body: bytes) -> tuple[str, int, bytes]:
    """Return by what a repeat is known: the idempotency key, part 0, and the SHA-256 of the body; nothing without a key."""
    key = headers.get("idempotency-key", "").strip().strip('"')
    return (key, 0, hashlib.sha256(body).digest()) if key else ("", 0, b"")


STRANGERS = 16
"""Tokens of the identity provider that are looked for in one group; whoever sends more of them comes again."""


def callers(standing: InForce, tokens: Sequence[str], *, now: datetime.datetime) -> dict[str, Caller | None]:
    """Return who calls with each of `tokens` (no query for keys, one for each token of the identity provider)."""
    known: dict[str, Caller | None] = {}
    strangers = 0
    for token in set(tokens):
        marked = digest(token)
        strangers += marked not in standing.keys
        if marked in standing.keys or strangers <= STRANGERS:
            known[token] = recognise(standing, marked, token, now=now)
    return known


def answer_calls(calls: Sequence[Call], *, city: City, now: datetime.datetime) -> list[Outcome]:
    """Answer what came together, each for whoever sent it."""
    standing = in_force(here(now).date())
    known = callers(standing, [call.token for call in calls], now=now)
    outcomes: list[Outcome | None] = []
    asked = []
    for call in calls:
        if call.token not in known:
            outcomes.append(Denied(Not.BUSY, retry_after=1))
            continue
        caller = known[call.token]
        denied = Not.UNKNOWN if caller is None else "" if call.scope in caller.scopes else Not.SCOPE
        outcomes.append(Denied(denied) if denied else None)
        if caller is not None and not denied:
            alone = call.scope == SINGLE
            repeat = Repeat(caller.asker, call.key, call.part, call.request, alone) if call.key else None
            asked.append(Asked(caller, call.question, repeat))
    answers = iter(answer(city=city, standing=standing, asked=asked, now=now) if asked else ())
    note_use({each.caller.key for each in asked}, now=now)
    return [outcome or next(answers) for outcome in outcomes]


def sent(outcome: Outcome, language: str, ref: str = "") -> Sent:
    """Return the response to a single question."""
    if isinstance(outcome, Denied):
        return refused(outcome, language)
    if isinstance(outcome, Told):
        return Sent(200, compact(outcome.line), (("content-type", JSON), ("idempotent-replayed", "true")))
    left = (("content-type", JSON), ("ratelimit-remaining", str(outcome.left)))
    return Sent(200, compact(as_json(outcome, ref)), left)


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
