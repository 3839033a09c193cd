"""Questions as machines ask them and the answers they get: least in, least out."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from mianzheng.catalogue.rules.city import City
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.rules.verdicts import Verdict
from mianzheng.people.rules.subjects import SubjectKind, holder_of

LONGEST = 100
MOST = 10_000
"""Questions of one batch."""
FIELDS = frozenset({"ref", "fact", "matter", "number", "kind", "consent"})
_REQUIRED = ("fact", "matter", "number")
_REF = re.compile(r"[A-Za-z0-9_.:-]{0,64}\Z")


class Not(StrEnum):
    """Why a question gets no answer. Nothing was looked up."""

    UNKNOWN = "unknown_key"
    SCOPE = "scope_missing"
    WRONG = "wrong_question"
    NUMBER = "wrong_number"
    NOT_GRANTED = "not_granted"
    NO_CONSENT = "no_consent"
    SECOND_LINE = "second_threshold"
    ALLOWANCE = "allowance_used_up"
    REPEATED = "key_reused"
    BUSY = "busy"


STATUS = {
    Not.UNKNOWN: 401, Not.SCOPE: 403, Not.WRONG: 422, Not.NUMBER: 422, Not.NOT_GRANTED: 403, Not.NO_CONSENT: 403, Not.SECOND_LINE: 403,
    Not.ALLOWANCE: 429, Not.REPEATED: 409, Not.BUSY: 503,
}  # fmt: skip
WHAT = {
    Not.UNKNOWN: N_("没有密钥，或者密钥已经作废。"),
    Not.SCOPE: N_("这把密钥不能这样用。"),
    Not.WRONG: N_("问题写得不对。"),
    Not.NUMBER: N_("证件号码不对。"),
    Not.NOT_GRANTED: N_("没有为这个事项核验这个事实的有效授权。"),
    Not.NO_CONSENT: N_("没有本人的有效同意。"),
    Not.SECOND_LINE: N_("同一个人、同一事项已经按另一条线问过。"),
    Not.ALLOWANCE: N_("今天的次数用完了。"),
    Not.REPEATED: N_("这个幂等键已经用在另一个请求上。"),
    Not.BUSY: N_("现在请求太多。"),
}
NOW = {
    Not.UNKNOWN: N_("请用“核验密钥”页面生成的、没有过期的密钥，或者用客户端凭据换取的令牌。"),
    Not.SCOPE: N_("请生成一把带有这项权限的密钥：verify 是单笔，verify:batch 是批量。"),
    Not.WRONG: N_("请对照接口说明改正；只收 ref、fact、matter、number、kind、consent。"),
    Not.NUMBER: N_("请核对号码，最后一位是校验码。"),
    Not.NOT_GRANTED: N_("请在“查询授权”里查看或申请；参数由授权定，不用传。"),
    Not.NO_CONSENT: N_("请先请本人在手机上、窗口或纸上同意。"),
    Not.SECOND_LINE: N_("请用原来的结论；换一条线再问就等于问出了数值。"),
    Not.ALLOWANCE: N_("零点后恢复；不够用请申请调高，上调当天生效。"),
    Not.REPEATED: N_("新的请求请用新的键。"),
    Not.BUSY: N_("请按 Retry-After 过一会儿再试；批量请求先让窗口。"),
}


class Question(NamedTuple):
    """One question of a caller: whether `fact` holds of whoever has `number`, for `matter`."""

    fact: str
    matter: str
    number: str
    kind: str = "ric"
    ref: str = ""
    consent: str = ""


class Denied(NamedTuple):
    """A question that gets no answer: why, which input it is about, and when to come again, in seconds."""

    why: Not
    field: str = ""
    retry_after: int = 0
    detail: Reason | None = None


class Answer(NamedTuple):
    """What an asker is told: the verdict, its source and time; for `unknown` why and which way remains; no value but those
    the grant names. `entry` is the line of the log that says it was asked.
    """

    entry: uuid.UUID
    verdict: Verdict
    source: str
    as_of: datetime.date | None
    reason: str = ""
    way: str = ""
    office: str = ""
    value: Mapping[str, Any] = MappingProxyType({})
    left: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered to the same request before, as it was sent."""

    line: Mapping[str, Any]


Outcome: TypeAlias = "Answer | Denied | Told"


def line(ref: str, outcome: Outcome) -> dict[str, Any]:
    """Return the line of a batch that says what became of one question."""
    if isinstance(outcome, Told):
        return dict(outcome.line)
    if isinstance(outcome, Answer):
        return as_json(outcome, ref)
    error: dict[str, Any] = {"code": str(outcome.why), "status": STATUS[outcome.why]}
    if outcome.field:
        error["field"] = outcome.field
    if outcome.retry_after:
        error["retry_after"] = outcome.retry_after
    return {"ref": ref, "error": error} if ref else {"error": error}


def fits(name: str, value: Any) -> bool:
    """Return whether `value` can be what the field `name` of a question says."""
    if not isinstance(value, str) or len(value) > LONGEST:
        return False
    if name == "ref":
        return _REF.match(value) is not None
    if name == "kind":
        return holder_of(value) is not None
    return bool(value) or name not in _REQUIRED


_NEEDED = {
    SubjectKind.PERSON: N_("“%(fact)s”问的是人，要填身份证号或护照号。"),
    SubjectKind.ORGANISATION: N_("“%(fact)s”问的是单位，要填统一社会信用代码。"),
    SubjectKind.HOUSE: N_("“%(fact)s”问的是房屋，要填不动产单元号。"),
}


def check_holder(city: City, facts: Iterable[str], kind: str) -> None:
    """Refuse a number of another kind of subject than a fact is about, before anybody is asked for consent to it."""
    for code in facts:
        fact = city.facts.get(code)
        about = city.items[fact.item].about if fact else ""
        if fact and holder_of(kind) != about:
            what = Reason(_NEEDED.get(SubjectKind(about), N_("“%(fact)s”要另一种号码。")), {"fact": fact.name})
            raise Refusal(what, Reason(N_("请换一个号码，或者去掉这一条。")), field="number")


def parse(given: Any, defaults: Mapping[str, str] | None = None) -> Question | Denied:
    """Read one question as it came in JSON; `defaults` are those of its batch, which fit."""
    if not isinstance(given, dict):
        return Denied(Not.WRONG)
    for name, value in given.items():
        if name not in FIELDS or not fits(name, value):
            return Denied(Not.WRONG, name if name in FIELDS else "")
    wanted = {**defaults, **given} if defaults else given
    for name in _REQUIRED:
        if name not in wanted:
            return Denied(Not.WRONG, name)
    if wanted.get("consent"):  # as it is shown: in groups, in either case
        wanted = {**wanted, "consent": wanted["consent"].replace("-", "").replace(" ", "").upper()}
    return Question(**wanted)


def as_json(answer: Answer, ref: str = "") -> dict[str, Any]:
    """Return what is sent: nothing that says nothing."""
    told: dict[str, Any] = {"ref": ref} if ref else {}
    told |= {"verdict": answer.verdict, "source": answer.source}
    if answer.as_of:
        told["as_of"] = answer.as_of
    if answer.reason:
        told["reason"] = answer.reason
        told["next"] = {"way": answer.way, "office": answer.office} if answer.office else {"way": answer.way}
    if answer.value:
        told["value"] = {name: _plain(value) for name, value in answer.value.items()}
    told["entry"] = answer.entry
    return told


def from_json(line: Mapping[str, Any]) -> Answer:
    """Return the answer a line of `as_json` says, as it was kept for a repeat; what is left of the allowance is not in it."""
    way = line.get("next", {})
    return Answer(
        uuid.UUID(str(line["entry"])),
        Verdict(line["verdict"]),
        line["source"],
        datetime.date.fromisoformat(str(line["as_of"])) if line.get("as_of") else None,
        line.get("reason", ""),
        way.get("way", ""),
        way.get("office", ""),
        line.get("value", {}),
    )


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return float(value) if hasattr(value, "as_tuple") else str(value)
