"""Numbers by which people, organisations and houses are known: one way to write each, a check that says what is
wrong, a mask.

Resident ID number (公民身份号码) after GB 11643-1999, unified social credit code (统一社会信用代码) after GB
32100-2015, real-estate unit code (不动产单元代码) after GB/T 37346-2019. Check digits come from python-stdnum; its
list of counties is not asked, because a county that was renamed or founded later is no reason to turn anybody away.
"""

from __future__ import annotations

import datetime
import re
import unicodedata

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason

_PROVINCES = frozenset(
    str(code)
    for block in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(block[0], block[1] + 1)
)
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(rf"[{_USCC_ALPHABET}]{{2}}\d{{6}}[{_USCC_ALPHABET}]{{10}}")
_UNIT = re.compile(r"\d{12}[A-Z]{2}\d{5}[A-Z]\d{8}")
_PASSPORT = re.compile(r"[A-Z0-9]{5,20}")
_PLACE = re.compile(r"[A-Z0-9_]{2,40}")
_BETWEEN = re.compile(r"(?<=\d)[\s\-–—_.·]+(?=[\dXx])")
_OF_SOMEBODY = re.compile(
    r"(?<!\d)(?:\d{15}|\d{17}[\dX]|(?:86)?1[3-9]\d{9}|0\d{2,3}[1-9]\d{6,7})(?![\dX])|(?<![A-Z\d])(?:[A-Z]{1,2}\d{7,8}|[A-Z\d]{2}\d{6}[A-Z\d]{10})(?![A-Z\d])"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_FIRST_YEAR = 1850

_UNIT_FORM = N_("不动产单元代码应当是28位：12位数字、两个字母、5位数字、一个字母、8位数字。")
_LOOK_AGAIN = Reason(N_("请对照证件逐位核对后重新填写。"))


def normalise(number: str) -> str:
    """Return `number` with ordinary digits and capitals and without blanks or dashes; nothing is judged.

    >>> normalise("３３０７８２ 19900307 663x")
    '33078219900307663X'
    """
    if number.isascii() and number.isalnum():
        return number.upper()
    plain = unicodedata.normalize("NFKC", number).upper()
    return "".join(sign for sign in plain if not (sign.isspace() or unicodedata.category(sign) in ("Pd", "Cf")))


def check_ric(number: str, *, today: datetime.date | None = None) -> str:
    """Return a resident ID number in its one way to write, or refuse it. With `today`, a birth date still to come is
    refused.
    """
    plain = normalise(number)
    if len(plain) == 15 and plain.isdigit():
        raise _wrong("ric", N_("这是15位的旧身份证号码，已经停用。"), Reason(N_("请填写现在身份证上的18位号码。")))
    if len(plain) != 18:
        raise _wrong("ric", N_("身份证号码应当是18位，现在是%(length)s位。"), length=len(plain))
    if not (plain[:17].isascii() and plain[:17].isdigit()) or plain[17] not in "0123456789X":
        raise _wrong("ric", N_("身份证号码前17位应当是数字，最后一位是数字或X。"))
    if plain[:2] not in _PROVINCES and plain[0] != "9":
        raise _wrong("ric", N_("身份证号码开头的%(division)s不是任何省份的代码。"), division=plain[:2])
    _check_birth(plain, today)
    if plain[17] != ric.calc_check_digit(plain):
        raise _wrong("ric", N_("身份证号码最后一位校验不符，多半有一位填错了。"))
    return plain


def _check_birth(plain: str, today: datetime.date | None) -> None:
    try:
        born = ric.get_birth_date(plain)
    except ValidationError:
        born = datetime.date.min
    if born.year < _FIRST_YEAR or (today is not None and born > today):
        raise _wrong("ric", N_("身份证号码第7至14位%(digits)s不是有效的出生日期。"), digits=plain[6:14])


def birth_date(number: str) -> datetime.date:
    """Return the birth date (出生日期) a checked resident ID number carries."""
    return ric.get_birth_date(normalise(number))


def sex(number: str) -> str:
    """Return ``male`` or ``female`` as a checked resident ID number says (an odd 17th digit is male)."""
    return "male" if int(normalise(number)[16]) % 2 else "female"


def make_ric(division: str, birth: datetime.date, sequence: int) -> str:
    """Make a valid resident ID number of a made-up person: six digits of division, birth date, `sequence` 0-999 (odd
    is male).
    """
    if not 0 <= sequence <= 999:
        raise ValueError("a day and a division hold 1,000 sequence numbers, 0 to 999")
    body = f"{division}{birth:%Y%m%d}{sequence:03d}"
    return body + ric.calc_check_digit(body + "0")


def check_uscc(number: str) -> str:
    """Return a unified social credit code in its one way to write, or refuse it."""
    plain = normalise(number)
    if len(plain) != 18:
        raise _wrong("uscc", N_("统一社会信用代码应当是18位，现在是%(length)s位。"), length=len(plain))
    if not _USCC.fullmatch(plain):
        raise _wrong("uscc", N_("统一社会信用代码由数字和大写字母组成，没有字母I、O、S、V、Z，第3至8位是数字。"))
    if plain[17] != uscc.calc_check_digit(plain):
        raise _wrong("uscc", N_("统一社会信用代码最后一位校验不符，多半有一位填错了。"))
    return plain


def make_uscc(division: str, serial: int, *, registry: str = "91") -> str:
    """Make a valid credit code of a made-up body: `registry` 91 company, 92 sole trader, 12 public institution, 51
    society.

    `serial` is the eight-digit body of the organisation code (组织机构代码, GB 11714), whose own check digit is
    computed.
    """
    organisation = f"{serial:08d}"
    total = sum(int(digit) * weight for digit, weight in zip(organisation, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    check = (11 - total % 11) % 11
    body = f"{registry}{division}{organisation}{'X' if check == 10 else check}"
    return body + uscc.calc_check_digit(body)


def check_unit(number: str) -> str:
    """Return a real-estate unit code in its one way to write, or refuse it."""
    plain = normalise(number)
    if not _UNIT.fullmatch(plain):
        raise _wrong("unit", _UNIT_FORM, Reason(N_("请照不动产权证书上的“不动产单元号”填写。")))
    return plain


def make_unit(division: str, parcel: int, unit: int) -> str:
    """Make the code of a made-up flat: six digits of division, a parcel of state-owned building land (GB), a unit in
    a building (F).
    """
    return f"{division}{parcel // 100_000 % 1_000_000:06d}GB{parcel % 100_000:05d}F{unit:08d}"


def check_passport(number: str) -> str:
    """Return a passport or other travel document number in its one way to write, or refuse it."""
    plain = normalise(number)
    if not _PASSPORT.fullmatch(plain):
        raise _wrong("passport", N_("护照号码应当是5至20位字母和数字。"))
    return plain


def check_place(number: str) -> str:
    """Return the code of a town, community or other place of the city package in its one way to write, or refuse it."""
    plain = normalise(number)
    if not _PLACE.fullmatch(plain):
        raise _wrong("place", N_("地点代码由字母、数字和下划线组成，2至40位。"))
    return plain


def mask(number: str) -> str:
    """Return `number` as it may be shown: the first three and the last two signs.

    >>> mask("330782199003076636")
    '330*************36'
    """
    plain = normalise(number)
    if len(plain) <= 6:
        return "*" * len(plain)
    return f"{plain[:3]}{'*' * (len(plain) - 5)}{plain[-2:]}"


def has_number(text: str) -> bool:
    """Return whether `text` holds what looks like a number of somebody: of an ID, a passport, a telephone, or a mail address.

    >>> has_number("张三 138-0013 8000"), has_number("2026年3月2日，浙政发〔2019〕12号")
    (True, False)
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    return bool(_MAIL.search(plain) or _OF_SOMEBODY.search(_BETWEEN.sub("", plain)) or _OF_SOMEBODY.search(plain))


def _wrong(field: str, msgid: str, now: Reason = _LOOK_AGAIN, **params: str | int) -> Refusal:
    return Refusal(Reason(msgid, params), now, field=field)
