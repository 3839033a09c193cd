"""An evening of curiosity in the demo city: officers looked somebody up without a case, and the night noticed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from uuid import UUID

from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import PROGRAM
from mianzheng.demo.queries.builds import username
from mianzheng.demo.rules import ground
from mianzheng.demo.rules.stories import APPLICANT, Cast
from mianzheng.oversight.actions.scoring import score
from mianzheng.people.actions import reveal
from mianzheng.people.queries import accounts_for_bar
from mianzheng.people.rules.roles import OFFICER

EVENING = datetime.time(21, 40)


def look_around(
    *, city: City, casts: Mapping[str, Cast], known: Mapping[str, Sequence[UUID]], now: datetime.datetime
) -> int:
    """Let the officers of the city package's `curious` look up the applicant of its story, the evening before `now`; return
    how many leads that made. Their looks go through the vault's own door, like anybody's.
    """
    told = ground.curious(city)
    if not told or told["story"] not in casts:
        return 0
    player = casts[told["story"]][APPLICANT]
    yesterday = now.date() - datetime.timedelta(days=1)
    evening = datetime.datetime.combine(yesterday, EVENING, now.tzinfo)
    accounts = {card.username: card for card in accounts_for_bar()}
    for minutes, office in enumerate(told["by"]):
        card = accounts.get(username(OFFICER, office))
        if card is not None:
            reveal(
                subjects=[known[player.table][player.row]],
                purpose="查看",
                now=evening + datetime.timedelta(minutes=minutes),
                actor=str(card.id),
                actor_role=OFFICER,
                actor_office=office,
            )
    return score(city=city, day=yesterday, actor=PROGRAM, now=now).made
