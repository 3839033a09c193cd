"""Slips (不再开具告知单): for whoever is still asked for a cancelled certificate. A slip names no person.

优化营商环境条例 第四十四条: outside the published list government departments, public utilities and service bodies demand no
certificate. Whether banks and insurers are bound by it is doubted, so it is not held against them.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from mianzheng.catalogue.rules.city import Certificate, City
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.identifiers import has_number
from mianzheng.common.reasons import N_, Reason


class Channel(StrEnum):
    """How somebody came to ask for a slip."""

    VILLAGE = "village"
    WINDOW = "window"
    PHONE = "phone"
    ONLINE = "online"  # by themselves, on the public page


CHANNELS = {
    Channel.VILLAGE: Reason(N_("村社代办")),
    Channel.WINDOW: Reason(N_("窗口")),
    Channel.PHONE: Reason(N_("电话")),
    Channel.ONLINE: Reason(N_("本人在网上")),
}
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""What a code is made of: nothing that is taken for something else when read out or copied by hand."""
LENGTH = 6
LONGEST_NAME, LONGEST_PURPOSE, LONGEST_ANSWER = 60, 100, 500


def code_of(chosen: Sequence[int]) -> str:
    """Return the code for `chosen`, one number for each place; it is the address of the slip too."""
    return "".join(ALPHABET[number % len(ALPHABET)] for number in chosen)


def as_typed(text: str) -> str:
    """Return a code as it is kept, from what somebody typed.

    >>> as_typed(" k7m-2qx ")
    'K7M2QX'
    """
    return "".join(sign for sign in text.upper() if sign.isalnum())[:LENGTH]


def grouped(code: str) -> str:
    """Return a code as it is read out: in two halves."""
    return f"{code[: LENGTH // 2]} {code[LENGTH // 2 :]}"


def check_certificate(certificate: Certificate) -> None:
    """Refuse a slip about what may still be asked for."""
    if certificate.disposal is Disposal.RETAINED:
        raise Refusal(
            Reason(N_("“%(name)s”还在保留清单上，可以要，不能出告知单。"), {"name": certificate.name}),
            Reason(N_("证明页面写着为什么保留、怎么开。说不出依据的，可以拨 12345 问一问。")),
        )
    if certificate.disposal is Disposal.ASKED:
        raise Refusal(
            Reason(N_("“%(name)s”还没有清理到，眼下还要交，不能出告知单。"), {"name": certificate.name}),
            Reason(N_("觉得不该要的，请告诉减证办或者拨 12345：清理的时候会一并考虑。")),
        )


def check_said(text: str, *, field: str, longest: int) -> str:
    """Return what somebody wrote on a slip, with single blanks; refuse what is too long or holds anybody's number."""
    plain = " ".join(text.split())
    if len(plain) > longest:
        raise Refusal(
            Reason(N_("写得太长了，最多 %(longest)s 个字。"), {"longest": longest}),
            Reason(N_("一句话就够。")),
            field=field,
        )
    if has_number(plain):
        raise Refusal(
            Reason(N_("这里面像是有证件号码、电话或者邮箱。告知单谁都可能看到，不写任何人的信息。")),
            Reason(N_("请删去号码和姓名，只写是什么事。")),
            field=field,
        )
    return plain


def demander_of(city: City, code: str, said: str) -> tuple[str, str]:
    """Return who asked as (code, name as told), one of both empty. Raises `Refusal` where nobody is named."""
    said = check_said(said, field="demander_said", longest=LONGEST_NAME)
    if said:
        names = {code: office.name for code, office in city.departments.items()}
        names |= {code: office.name for code, office in city.bodies.items()}
        known = next((code for code, name in names.items() if said in (name.zh, name.en)), "")
        return (known, "") if known else ("", said)
    if city.office(code) is None:
        raise Refusal(
            Reason(N_("还没有写是谁在要这份证明。")),
            Reason(N_("请选一个单位，选不到的把名称写下来。")),
            field="demander",
        )
    return code, ""


def is_finance(city: City, code: str) -> bool:
    """Return whether the office is a bank, an insurer or the like: a private body that asks."""
    return code in city.bodies and city.bodies[code].kind in city.asking.private


FORBIDDEN = Reason(N_("《优化营商环境条例》第四十四条：清单之外，政府部门、公用企事业单位和服务机构一律不得索要证明。"))
NOT_MADE_OUT = Reason(N_("本市已经没有哪个单位再开具它，要了也开不出来。"))


def ground(city: City, demander: str) -> tuple[Reason, ...]:
    """Return why it must not be asked for, as far as the law says so of this demander."""
    body = city.bodies.get(demander)
    unbound = is_finance(city, demander) or (body is not None and body.kind == "outside")
    return (NOT_MADE_OUT,) if unbound else (FORBIDDEN, NOT_MADE_OUT)


INSTEAD = {
    Disposal.CANCEL: Reason(N_("办这件事不需要它，也不要本人承诺：直接办。")),
    Disposal.EXISTING_DOCUMENT: Reason(N_("看本人已有的证照；有电子证照的，由贵单位自己核对。")),
    Disposal.COMMITMENT: Reason(N_("先由部门核查；本人愿意的，可以书面承诺。不得让本人再去开证明。")),
    Disposal.DATA_SHARING: Reason(N_("由贵单位在平台上核验这一件事，不用本人跑。")),
    Disposal.DEPARTMENT_CHECK: Reason(N_("由贵单位向知情的部门核查，不用本人跑。")),
}
"""What whoever asks for it does instead."""


def check_answer(*, still: bool | None, why: str, demander: str, office: str) -> str:
    """Return what `office` says to a slip: nothing where it no longer asks, else why it still does. `still` None: it did not
    say which.

    Only whom the slip names answers it; where it names nobody of the city, whoever says that it was them.
    """
    if demander not in ("", office):
        raise NotFound(Reason(N_("这张告知单写的是另一个单位在要。")), Reason(N_("请转给那个单位答复。")))
    said = check_said(why, field="answer", longest=LONGEST_ANSWER)
    if still is None:
        raise Refusal(Reason(N_("还没有选“不再要”还是“还要”。")), Reason(N_("请按两个按钮中的一个。")), field="answer")
    if still and not said:
        raise Refusal(
            Reason(N_("还要这份证明的，须写明为什么。")),
            Reason(N_("写清依据哪部法律哪一条，或者平台上的办法为什么不够。")),
            field="answer",
        )
    return said if still else ""
