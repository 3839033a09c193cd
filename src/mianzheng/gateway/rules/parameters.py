"""Parameters of a granted fact (参数): typed by the fact, fixed by the grant, so that no question can move them."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from typing import Any

from mianzheng.catalogue.rules.city import Fact, Parameter
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason

LONGEST = 500
"""Signs a sentence of a request, or a text parameter, may have."""


def check_params(fact: Fact, params: Mapping[str, Any]) -> None:
    """Refuse parameters the fact does not have, lacks, or of another type: they are fixed once and for all."""
    if set(params) != set(fact.params):
        names = "、".join(parameter.name.zh for parameter in fact.params.values()) or "—"
        raise Refusal(
            Reason(N_("“%(fact)s”的参数应当是：%(names)s。"), {"fact": fact.name, "names": names}),
            Reason(N_("请填写全部参数；没有参数的不填。")),
            field="params",
        )
    for code, parameter in fact.params.items():
        if not _fits(parameter, params[code]):
            what = Reason(N_("参数“%(name)s”填的不是它要的那种值。"), {"name": parameter.name})
            raise Refusal(what, Reason(N_("整数写成 36，小数写成 0.5，日期写成 2026-11-27。")), field="params")


def _fits(parameter: Parameter, value: Any) -> bool:
    if parameter.type == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if parameter.type == "decimal":
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if parameter.type == "boolean":
        return isinstance(value, bool)
    if parameter.type == "date":
        try:
            return bool(datetime.date.fromisoformat(str(value)))
        except ValueError:
            return False
    return isinstance(value, str) and 0 < len(value) <= LONGEST


def typed(fact: Fact, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return `params` as the fact's predicate takes them: a date kept as text becomes one."""
    return {
        code: datetime.date.fromisoformat(value) if fact.params[code].type == "date" else value
        for code, value in params.items()
    }


def read_params(fact: Fact, written: Mapping[str, str]) -> dict[str, Any]:
    """Return parameters as they were written into a form, typed as `fact` wants them; what cannot be read stays as it is,
    for `check_params` to refuse, and what was left empty is left out.
    """
    found = {code: written.get(code, "").strip() for code in fact.params}
    return {code: _read(fact.params[code].type, text) for code, text in found.items() if text}


def _read(type_: str, text: str) -> Any:
    if type_ == "boolean":
        return {"yes": True, "no": False}.get(text, text)
    try:
        return int(text) if type_ == "integer" else float(text) if type_ == "decimal" else text
    except ValueError:
        return text
