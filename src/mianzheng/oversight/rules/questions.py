"""What the log itself says to whoever does not recognise a look, and who answers where it does not."""

from __future__ import annotations

from mianzheng.audit.rules.entries import PROGRAM, NewEntry
from mianzheng.catalogue.rules.city import City
from mianzheng.common.reasons import N_, Reason


def answered_by_log(city: City, look: NewEntry, *, account: str) -> Reason | None:
    """Return in plain words what a look was that the person made themself, or the program for their own case; None where
    somebody has to answer. `account` is the person's own.
    """
    matter = city.matters.get(look.matter)
    own = look.applicant == look.subject
    if look.actor == account:
        if matter:
            return Reason(
                N_("这是您自己用这个账号办“%(matter)s”时，系统为您查的，没有别人看。"), {"matter": matter.name}
            )
        return Reason(N_("这是您自己用这个账号查的，没有别人看。"))
    if own and matter and (look.actor == PROGRAM or look.actor_role == "resident"):
        return Reason(N_("这是系统为您自己的“%(matter)s”查的，没有人打开看。"), {"matter": matter.name})
    return None


def office_to_answer(city: City, look: NewEntry) -> str:
    """Return the department that answers for a look: the one that looked, else the one whose matter it was for, else the
    one whose register it was; empty where that is nobody, then oversight answers.
    """
    if look.actor_office:
        return look.actor_office if look.actor_office in city.departments else ""
    matter, item = city.matters.get(look.matter), city.items.get(look.item)
    owner = matter.owner if matter else item.owner if item else ""
    return owner if owner in city.departments else ""
