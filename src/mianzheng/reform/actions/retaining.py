"""Keeping certificates (保留): put on the list with the reason, looked at again every year, judged anew when it is over."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone

from mianzheng.catalogue.actions.load_city import LOADING, load_city
from mianzheng.catalogue.queries import editions
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.editing import Edit, applied
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.actions.acts import note
from mianzheng.reform.actions.holding import held
from mianzheng.reform.models import Act, Candidate
from mianzheng.reform.queries.batches import listed
from mianzheng.reform.queries.proposals import standings
from mianzheng.reform.queries.retaining import candidate_of, standing_of
from mianzheng.reform.rules.acts import Did
from mianzheng.reform.rules.keeping import check_keep, check_not_wished, check_review, due_from, reopening, retention
from mianzheng.reform.rules.stages import By, check_move
from mianzheng.reform.rules.states import Stage
from mianzheng.reform.rules.whys import check_words
from mianzheng.web import sql


def retain(*, candidates: Collection[uuid.UUID], why: str, actor: Actor, now: datetime.datetime) -> int:
    """Put what was decided to be kept on the list of the catalogue, all or none; return how many.

    Raises `Refusal` naming the one that cannot be kept: a law has to demand it, or a body outside the city.
    """
    said = check_words(" ".join(why.split()), field="why")
    with transaction.atomic():
        sql.hold(LOADING)  # nobody puts another edition in force between reading this one and ours
        key, _ = editions.files()
        chosen = held(candidates)
        for each in chosen:
            _check_decided(each)
        put_on_list(editions.edition(key), chosen, why=said, actor=actor, now=now)
    return len(chosen)


def _check_decided(candidate: Candidate) -> None:
    check_move("retain", Stage(candidate.stage), By.REFORM)
    check_not_wished(candidate.code)
    if candidate.disposal != Disposal.RETAINED:
        raise Refusal(
            Reason(N_("“%(name)s”没有拟定为保留。"), {"name": candidate.name}),
            Reason(N_("请先到逐项处理里拟定。")),
        )


def put_on_list(city: City, chosen: Sequence[Candidate], *, why: str, actor: Actor, now: datetime.datetime) -> None:
    """Put `chosen` on the list of what is kept, each until it is looked at again. Joins the caller's transaction, which holds
    `LOADING`.
    """
    known = standings(city, chosen)
    rows = listed(Candidate.objects.filter(id__in=[each.id for each in chosen]), city=city)
    for each in chosen:
        try:
            check_keep(city, rows[each.code], known[each.id])
        except Refusal as refusal:
            named = {"name": each.name, "why": refusal.what}
            raise Refusal(Reason(N_("“%(name)s”：%(why)s"), named), refusal.now) from refusal
    outside = frozenset(each.code for each in chosen if known[each.id].outside)
    _, files = editions.files()
    edition = put_in_force(retention(files, city, rows.values(), outside=outside), actor=actor, now=now)
    due = due_from(timezone.localtime(now).date(), city.policy.review_days)
    for each in chosen:
        each.stage, each.review_due = check_move("retain", Stage(each.stage), By.REFORM), each.review_due or due
    Candidate.objects.bulk_update(chosen, ["stage", "review_due"])
    common = {"kind": Did.RETAINED, "why": why, "after": Disposal.RETAINED, "edition": edition}
    Act.objects.bulk_create(Act(candidate=each, **common, done_at=now, done_by=actor.id) for each in chosen)
    note(action="retain", purpose="列入保留证明清单", actor=actor, now=now, certificates=[each.code for each in chosen])


def put_in_force(edits: Sequence[Edit], *, actor: Actor, now: datetime.datetime) -> uuid.UUID:
    """Make `edits` in the package in force; return the new edition. Joins the caller's transaction, which holds `LOADING`."""
    _, files = editions.files()
    return load_city(files=applied(files, edits), actor=actor.id, now=now)


def review(*, code: str, keep: bool | None, why: str, actor: Actor, now: datetime.datetime) -> Candidate:
    """Look at a kept certificate again: it stays for another period, with the reason, or it is judged once more and until then
    counts as not dealt with. One of the package that nobody ever judged becomes a candidate by it.
    """
    with transaction.atomic():
        sql.hold(LOADING)
        key, files = editions.files()
        city = editions.edition(key)
        certificate = city.certificates.get(code)
        if certificate is None or certificate.disposal is not Disposal.RETAINED:
            raise NotFound(Reason(N_("保留清单上没有这份证明。")), Reason(N_("请回到列表，刷新页面。")))
        found = Candidate.objects.select_for_update().filter(code=code).first()
        found = found or candidate_of(city, certificate, now=now)
        found.stage = check_move("keep" if keep else "reopen", Stage(found.stage), By.REFORM)
        said = check_review(why, keep=keep, code=code, standing=standing_of(city, found, certificate))
        edition = None
        if keep:
            found.disposal = Disposal.RETAINED
            found.review_due = due_from(timezone.localtime(now).date(), city.policy.review_days)
            found.decided_at, found.decided_by = found.decided_at or now, found.decided_by or actor.id
        else:
            edition = put_in_force(reopening(files, certificate), actor=actor, now=now)
            found.disposal, found.proposal, found.review_due = "", {}, None
            found.deviation, found.decided_at, found.decided_by = "", None, None
        found.save()
        kind, after = (Did.REVIEWED, Disposal.RETAINED) if keep else (Did.REOPENED, Disposal.ASKED)
        act = {"kind": kind, "why": said, "before": Disposal.RETAINED, "after": after, "edition": edition}
        Act.objects.create(candidate=found, **act, done_at=now, done_by=actor.id)
        note(action=kind, purpose="复核保留的证明", actor=actor, now=now, certificate=code)
    return found
