"""Sealing answers for an asker's file, and withdrawing what must no longer be relied on."""

from __future__ import annotations

import datetime
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac

from mianzheng.audit import actions as audit
from mianzheng.audit.ports import SIGNER
from mianzheng.audit.queries import leaves_of
from mianzheng.audit.queries.naming import log_name
from mianzheng.audit.rules import NewEntry
from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.models import Grant, SealedAnswer
from mianzheng.gateway.rules.consents import as_typed, number_of
from mianzheng.gateway.rules.grants import Ground
from mianzheng.gateway.rules.questions import Answer, Question
from mianzheng.gateway.rules.sealed import (
    KEY_BYTES,
    NUMBER_BYTES,
    Issued,
    check_withdrawal,
    claims,
    compact,
    signing_input,
    tail_of,
    thumbprint,
)

KEPT = datetime.timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class ToSeal:
    """An answer that was given: to which question, about whom."""

    question: Question
    answer: Answer
    subject: uuid.UUID


def seal(
    *, city: City, asked: uuid.UUID, told: Sequence[ToSeal], actor: Actor, now: datetime.datetime
) -> list[SealedAnswer]:
    """Seal what was `told` at once, under one name `asked`; in order (a constant number of queries).

    Each has its line in the log already, and that says under which grant and consent it was answered: meanwhile others may
    have taken their place. What is told of one line a second time was sealed before, and that is returned. Raises `Refusal`
    where the signer's kind has no name in a JWS.
    """
    lines = leaves_of([each.answer.entry for each in told])
    grants = Grant.objects.in_bulk({uuid.UUID(detail["grant"]) for _, detail in lines.values()})
    rows = []
    for each in told:
        leaf, detail = lines[each.answer.entry]
        rows.append(_sealed(city, asked, each, grants[uuid.UUID(detail["grant"])], leaf, detail, actor, now))
    SealedAnswer.objects.bulk_create(rows, ignore_conflicts=True)
    kept = {row.entry: row for row in SealedAnswer.objects.filter(entry__in=[row.entry for row in rows])}
    return [kept[row.entry] for row in rows]


def check_sealable() -> None:
    """Refuse where nothing can be sealed now, before anybody is looked up for an answer that has to be."""
    signed({})


def _sealed(
    city: City,
    asked: uuid.UUID,
    told: ToSeal,
    grant: Grant,
    leaf: bytes,
    detail: Mapping[str, Any],
    actor: Actor,
    now: datetime.datetime,
) -> SealedAnswer:
    number, key = number_of(secrets.token_bytes(NUMBER_BYTES)), secrets.token_bytes(KEY_BYTES)
    until = now + datetime.timedelta(days=city.asking.sealed_days)
    question = told.question._replace(consent=detail.get("consent", ""))
    issued = Issued(
        number, log_name(), grant.asker, grant.params, Ground(grant.ground), grant.basis, grant.liability, leaf, key, now,
        until,
    )  # fmt: skip
    return SealedAnswer(
        number=number,
        asked=asked,
        entry=told.answer.entry,
        asker=grant.asker,
        subject=told.subject,
        matter=question.matter,
        fact=question.fact,
        verdict=told.answer.verdict,
        consent=question.consent,
        jws=signed(claims(city, question, told.answer, issued)),
        person_key=key,
        tail=tail_digest(number, tail_of(question.number)),
        until=until,
        sealed_at=now,
        sealed_by=actor.id,
    )


def signed(said: dict[str, Any]) -> str:
    """Return the JWS of `said`, signed by whoever signs the log."""
    signer = SIGNER()
    text = signing_input(said, algorithm=signer.algorithm, key_id=thumbprint(signer.public_key()))
    return compact(text, signer.sign(text.encode()))


def tail_digest(number: str, tail: str) -> bytes:
    """Return the digest of the last signs of a person's number for the answer `number`, under the site's own key."""
    return salted_hmac("gateway.tail", f"{number}:{tail}", algorithm="sha256").digest()


def withdraw(*, number: str, why: str, actor: Actor, now: datetime.datetime) -> None:
    """Say that a sealed answer must no longer be relied on: the asker of its own, the data centre of any.

    Raises `NotFound` where it is not there for the actor, `Refusal` without a reason or the second time.
    """
    with transaction.atomic():
        rows = SealedAnswer.objects.select_for_update().filter(number=as_typed(number))
        row = (rows if actor.role == "centre" else rows.filter(asker=actor.office)).first()
        if row is None:
            raise NotFound(Reason(N_("没有这份凭证。")), Reason(N_("请核对凭证编号。")), field="number")
        check_withdrawal(why=why, withdrawn=row.withdrawn_at is not None)
        row.withdrawn_at, row.withdrawn_by, row.why = now, actor.id, why.strip()
        row.save()
        audit.write(
            [
                NewEntry(
                    at=now,
                    action="sealed.withdraw",
                    purpose="作废核验凭证",
                    subject=row.subject,
                    matter=row.matter,
                    fact=row.fact,
                    detail={"sealed": row.number},
                    **actor.log(),
                )
            ]
        )


def forget(*, now: datetime.datetime) -> int:
    """Delete the rows of sealed answers past their time; who has one still checks it with the public key."""
    return SealedAnswer.objects.filter(sealed_at__lt=now - KEPT).delete()[0]
