"""One look at a person's data, in plain words for that person."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from mianzheng.audit.queries import Entry
from mianzheng.audit.rules import WITHHELD
from mianzheng.catalogue.rules.city import Basis, City
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.queries.secrecy import over_at
from mianzheng.evidence.rules.looks import ACTIONS as ACTIONS


def is_sensitive(city: City, entry: Entry) -> bool:
    """Return whether `entry` is of an item with anything sensitive in it, by the catalogue; an item it no longer knows may
    have been.
    """
    if not entry.item:
        return False
    item = city.items.get(entry.item)
    return item is None or any(each != "general" for each in (item.sensitivity, *(f.sensitivity for f in item.fields)))


def order_of(entry: Entry) -> uuid.UUID | None:
    """Return the secrecy order `entry` was made under."""
    key = entry.detail.get(WITHHELD)
    return uuid.UUID(key) if key else None


def told(city: City, entry: Entry, account: str, matter: str, orders: Mapping[uuid.UUID, Any]) -> dict[str, Any]:
    """Return one line in plain words: what was asked, of which register, by whom, what came out; of a look that was kept
    secret, under which articles and how long.

    `account` is the reader's own; `matter` is that of the occasion; `orders` has the order the line was made under.
    """
    fact, item = city.facts.get(entry.fact), city.items.get(entry.item)
    relation = city.relations.get(str(entry.detail.get("relation", "")))
    asked: Any = fact.question if fact else None
    if relation:
        asked = Reason(N_("查谁是%(who)s"), {"who": relation.name})
    office = city.office(entry.actor_office)
    who: Any = office or Reason(N_("经办人"))
    if entry.actor == account:
        who = Reason(N_("您本人发起，由系统查询"))
    elif entry.actor_role == "resident":
        who = Reason(N_("申请人发起，由系统查询"))
    elif entry.actor_role == "supervisor":
        who = Reason(N_("监督机构"))
    elif entry.actor == "program":
        who = Reason(N_("系统"))
    order = orders.get(key) if (key := order_of(entry)) else None
    purpose = _purpose(city, entry, matter) if order is None else None
    if purpose and office:
        who, purpose = purpose, None
    return {
        "entry": entry.id,
        "at": entry.at,
        "action": Reason(ACTIONS[entry.action]),
        "asked": asked,
        "item": item.name if item else None,
        "owner": city.departments[item.owner].name if item else None,
        "who": who,
        "purpose": purpose,
        "basis": city.bases.get(order.basis) if order else _basis(city, entry),
        "untold": city.bases.get(order.untold) if order else None,
        "kept_until": over_at(order) if order else None,
        "verdict": entry.verdict,
    }


def _purpose(city: City, entry: Entry, matter: str) -> Reason | None:
    """Return in the reader's language what the look was for, told from its codes; None where nothing tells it.

    `matter` is that of the occasion. A name is revealed either for one matter, to fill its form or to decide it, or
    for a check, which may serve several and so names none.
    """
    if matter not in city.matters:
        return None
    office = city.office(entry.actor_office) or Reason(N_("经办部门"))
    told = {"matter": city.matters[matter].name, "office": office}
    if entry.action == "reveal" and entry.actor_role == "resident" and entry.applicant not in (None, entry.subject):
        return Reason(N_("填“%(matter)s”的表时从亲属中选人"), told)
    if entry.action == "prefill" or (entry.action == "reveal" and entry.actor_role == "resident"):
        return Reason(N_("为您预填“%(matter)s”的表"), told)
    if entry.action == "check" or (entry.action == "reveal" and not entry.matter):
        return Reason(N_("%(office)s的经办人答复“%(matter)s”的核查"), told)
    if entry.action in ("reveal", "review"):
        return Reason(N_("%(office)s的经办人审批“%(matter)s”"), told)
    return None


def _basis(city: City, entry: Entry) -> Basis | None:
    """Return the article the look-up stands on, where the matter's need names one."""
    matter = city.matters.get(entry.matter)
    needs = matter.work.needs if matter and matter.work else ()
    asked = next((need for need in needs if need.code == entry.detail.get("need")), None)
    return city.bases.get(asked.basis) if asked else None
