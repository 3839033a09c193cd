"""Batches (批次): which certificates go together, the easy ones first, and what has to be true before one is published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from mianzheng.catalogue.rules.certificates import LEVEL_ISSUERS
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.reform.rules.states import BatchStage, Stage
from mianzheng.reform.rules.trying import Outcome, Result
from mianzheng.reform.rules.whys import check_words

READY_FIRST = (
    Disposal.CANCEL,
    Disposal.EXISTING_DOCUMENT,
    Disposal.COMMITMENT,
    Disposal.DATA_SHARING,
    Disposal.DEPARTMENT_CHECK,
)
"""From what can go at once to what rests on others; whatever banks and insurers ask for comes after all of it."""
FINANCE = "finance"
_LEVELS = {"town": "town", "community": "community", "outside": "employer"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A certificate as a batch takes it: both sides by code, the fact it attests, what becomes of it.

    `basis` holds the columns of the claimed article where it was found; `waiting` are the offices that have not agreed;
    `settled` says that the reform office went on all the same, with its reason.
    """

    code: str
    name: Text
    purpose: Text
    demander: str
    demander_kind: str
    demander_level: str
    issuer: str
    issuer_level: str
    fact: str
    disposal: Disposal
    owner: str
    volume: int = 0
    basis: Mapping[str, str] = field(default_factory=dict)
    stage: Stage = Stage.AGREED
    decided: bool = True
    waiting: int = 0
    settled: bool = False

    @property
    def demanded_by(self) -> str:
        """The code of the demanding side: an office, else a level of the city."""
        return self.demander or _LEVELS.get(self.demander_level, "")

    @property
    def issued_by(self) -> str:
        """The code of the issuing side: an office, else a level of the city."""
        return self.issuer or _LEVELS.get(self.issuer_level, "")


class Kind(IntEnum):
    """The four batches of the article, by number."""

    USELESS = 1  # 没有用的、奇葩的
    COMMITMENT = 2  # 个人承诺
    SHARED = 3  # 数据共享与部门核查
    FINANCE = 4  # 银行、保险


KIND_NAMES = {
    Kind.USELESS: Text("没有必要的证明", "Certificates nobody needs"),
    Kind.COMMITMENT: Text("个人承诺替代的证明", "Certificates replaced by a personal commitment"),
    Kind.SHARED: Text(
        "数据共享和部门核查替代的证明", "Certificates replaced by shared data and checks between departments"
    ),
    Kind.FINANCE: Text("银行、保险要的证明", "Certificates asked for by banks and insurers"),
}
_KINDS = {
    Disposal.CANCEL: Kind.USELESS,
    Disposal.EXISTING_DOCUMENT: Kind.USELESS,
    Disposal.COMMITMENT: Kind.COMMITMENT,
    Disposal.DATA_SHARING: Kind.SHARED,
    Disposal.DEPARTMENT_CHECK: Kind.SHARED,
}


def kind_of(listed: Listed) -> Kind:
    """Return to which of the four batches a certificate belongs."""
    return Kind.FINANCE if listed.demander_kind == FINANCE else _KINDS[listed.disposal]


def by_readiness(listed: Iterable[Listed]) -> list[Listed]:
    """Return certificates with the easy ones first; among equals those with the most papers a year."""
    place = {disposal: n for n, disposal in enumerate(READY_FIRST)}
    return sorted(listed, key=lambda c: (c.demander_kind == FINANCE, place[c.disposal], -c.volume, c.code))


def suggested(listed: Iterable[Listed]) -> dict[Kind, tuple[Listed, ...]]:
    """Return a proposal of batches, the first to publish first; a person changes it. What stays is in none."""
    ready = by_readiness(c for c in listed if c.disposal in READY_FIRST)
    found = {kind: tuple(c for c in ready if kind_of(c) is kind) for kind in Kind}
    return {kind: members for kind, members in found.items() if members}


LONGEST_NAME = {"name": 100, "name_en": 200}
"""Signs of a batch's name, Chinese and English, by the field it is typed into."""


def check_name(name: Text) -> None:
    """Refuse a batch without a name, and one that is too long or holds anybody's number: everybody reads it."""
    if not name.zh.strip():
        raise Refusal(Reason(N_("请给这一批起个名字。")), Reason(N_("一句话即可，公布时人人看得到。")), field="name")
    for at, text in (("name", name.zh), ("name_en", name.en)):
        if len(text.strip()) > LONGEST_NAME[at]:
            words = {"longest": LONGEST_NAME[at]}
            raise Refusal(
                Reason(N_("写得太长了，最多 %(longest)s 个字。"), words), Reason(N_("请写短一些。")), field=at
            )
        check_words(text, field=at)


class What(StrEnum):
    """What is checked before a certificate is published."""

    DECIDED = "decided"
    CONSULTED = "consulted"
    SIDES = "sides"
    FACT = "fact"
    WORKS = "works"
    OWNER = "owner"
    LIST = "list"
    GUIDES = "guides"
    ENGLISH = "english"


@dataclass(frozen=True, slots=True)
class Check:
    """What was checked, whether it is in order, and why; `warns`: it is told, and stops nothing."""

    what: What
    ok: bool
    reason: Reason
    warns: bool = False

    @property
    def stops(self) -> bool:
        """Whether nothing can be published before it is put in order."""
        return not self.ok and not self.warns


def checks(listed: Listed, *, city: City, result: Result | None, matters: Sequence[Text]) -> tuple[Check, ...]:
    """Check one certificate against the edition in force. `result` is what the dry run found, None where it was not made;
    `matters` are those whose guides change.
    """
    return (
        _decided(listed),
        _consulted(listed),
        _sides(listed, city),
        _fact(listed, city),
        _works(listed, result),
        _owner(listed, city),
        _on_list(listed, city),
        _guides(matters),
        _english(listed),
    )


def _decided(listed: Listed) -> Check:
    ok = listed.decided and listed.disposal in READY_FIRST
    return Check(What.DECIDED, ok, Reason(N_("已拟定。") if ok else N_("还没有定怎么处理，或者定了保留。")))


def _consulted(listed: Listed) -> Check:
    if listed.waiting and not listed.settled:
        return Check(What.CONSULTED, False, Reason(N_("还有 %(n)s 家没有同意。"), {"n": listed.waiting}))
    if listed.stage not in (Stage.AGREED, Stage.LISTED):
        return Check(What.CONSULTED, False, Reason(N_("征求意见还没有结束。")))
    said = N_("有不同意见，减证办写明理由后决定。") if listed.settled else N_("各方同意。")
    return Check(What.CONSULTED, True, Reason(said))


def _sides(listed: Listed, city: City) -> Check:
    for side, missing in (
        (listed.demanded_by, N_("要它的单位不在本市的机构名录里。")),
        (listed.issued_by, N_("开它的单位不在本市的机构名录里。")),
    ):
        if side not in LEVEL_ISSUERS and city.office(side) is None:
            return Check(What.SIDES, False, Reason(missing))
    return Check(What.SIDES, True, Reason(N_("两边都认得。")))


def _fact(listed: Listed, city: City) -> Check:
    if listed.fact and listed.fact not in city.facts:
        return Check(What.FACT, False, Reason(N_("目录里没有事实“%(fact)s”。"), {"fact": listed.fact}))
    if not listed.fact and listed.disposal is not Disposal.CANCEL:
        return Check(What.FACT, False, Reason(N_("没有写明它证明什么事，别的办法就无从核验。")))
    if not listed.fact:
        return Check(What.FACT, True, Reason(N_("没有要证明的事。")))
    return Check(What.FACT, True, Reason(N_("证明的事：%(fact)s。"), {"fact": city.facts[listed.fact].name}))


def _works(listed: Listed, result: Result | None) -> Check:
    if not listed.fact and listed.disposal is Disposal.CANCEL:
        return Check(What.WORKS, True, Reason(N_("什么都不用，没有别的办法要试。")))
    if result is None:
        return Check(What.WORKS, False, Reason(N_("还没有试过。")))
    return Check(What.WORKS, result.outcome is not Outcome.FAILS, result.why)


def _owner(listed: Listed, city: City) -> Check:
    name = city.office(listed.owner)
    if name is None:
        return Check(What.OWNER, False, Reason(N_("没有写明哪个单位对别的办法负责。")))
    return Check(What.OWNER, True, Reason(N_("由%(office)s负责。"), {"office": name}))


def _on_list(listed: Listed, city: City) -> Check:
    known = city.certificates.get(listed.code)
    if known is None:
        return Check(What.LIST, True, Reason(N_("公布时列入清单。")))
    if known.asked_for:
        return Check(What.LIST, True, Reason(N_("清单上现在还要交，公布时改为取消。")))
    return Check(What.LIST, False, Reason(N_("清单上早已取消（第 %(batch)s 批）。"), {"batch": known.batch or 0}))


def _guides(matters: Sequence[Text]) -> Check:
    if not matters:
        return Check(What.GUIDES, True, Reason(N_("没有办事指南提到它。")))
    more = (
        N_("“%(matter)s”等 %(n)s 份办事指南同时改好。") if len(matters) > 1 else N_("“%(matter)s”的办事指南同时改好。")
    )
    return Check(What.GUIDES, True, Reason(more, {"matter": matters[0], "n": len(matters)}))


def _english(listed: Listed) -> Check:
    ok = bool(listed.name.en and (listed.purpose.en or not listed.purpose.zh))
    return Check(
        What.ENGLISH, ok, Reason(N_("有英文名。") if ok else N_("没有英文名，英文页面上先用中文。")), warns=True
    )


def check_publish(stage: BatchStage, found: Mapping[str, Sequence[Check]]) -> None:
    """Refuse to publish a batch; `found` are the checks of its certificates by code."""
    why = why_not_publish(stage, found)
    if why:
        raise Refusal(why, Reason(N_("请先补齐，或者把它移出这一批；什么都没有公布。")))


def can_publish(stage: BatchStage, found: Mapping[str, Sequence[Check]]) -> bool:
    """Return whether a batch may be published."""
    return why_not_publish(stage, found) is None


def why_not_publish(stage: BatchStage, found: Mapping[str, Sequence[Check]]) -> Reason | None:
    """Return why a batch cannot be published; None where it can."""
    if stage not in (BatchStage.COMPOSED, BatchStage.CHECKED):
        return Reason(N_("这一批已经公布过。"))
    if not found:
        return Reason(N_("这一批里还没有证明。"))
    failing = [(code, check) for code, each in found.items() for check in each if check.stops]
    if not failing:
        return None
    certificates = len({code for code, _ in failing})
    return Reason(
        N_("%(certificates)s 项证明还有 %(n)s 处没有过。第一处：%(code)s，%(first)s"),
        {"certificates": certificates, "n": len(failing), "code": failing[0][0], "first": failing[0][1].reason},
    )
