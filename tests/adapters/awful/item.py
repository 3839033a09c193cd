"""The item all awful files are about, and rows of it: `ITEM`, `HEADINGS`, `cells`, and numbers of made-up people."""

from __future__ import annotations

from typing import Any

from mianzheng.catalogue.rules.city import Field, Item
from mianzheng.common.texts import Text

CODE = "awful"
KINDS = {"pension": Text("养老", "Pension"), "medical": Text("医疗", "Medical")}

ANN, BO, CY, DI, XI = (
    "330782196001010005",
    "330782196102040078",
    "330782196203110143",
    "330782196304150216",
    "33078219670901049X",
)
SPOUSE = "33078219900307003X"
NAMES = {ANN: "王安", BO: "李波", CY: "张春", DI: "陈迪", XI: "吴曦"}


def _field(code: str, name: str, kind: str, **more: Any) -> Field:
    return Field(CODE, code, Text(name, code), kind, **more)


ITEM = Item(
    code=CODE,
    name=Text("缴费证", "Payment permits"),
    owner="police",
    about="person",
    sharing="conditional",
    cycle="month",
    complete=True,
    sensitivity="sensitive",
    licence=False,
    fields=(
        _field("permit_no", "编号", "text", key=True, required=True, headers=("证件编号",)),
        _field("kind", "险种", "code", codes=KINDS),
        _field("months", "月数", "integer", low="0", high="600"),
        _field("amount", "金额", "decimal", low="0", high="50000", headers=("缴费金额",)),
        _field("issued_on", "发证日期", "date", high="today", newest=True),
        _field("valid_until", "有效期至", "date", after="issued_on", headers=("有效期止",)),
        _field("active", "是否有效", "boolean"),
        _field("spouse", "配偶", "subject", refers="person"),
    ),
)

HEADINGS = ("身份证号", "姓名", "编号", "险种", "月数", "金额", "发证日期", "有效期至", "是否有效", "配偶身份证号")
FIELDS = ("subject", "name", *(field.code for field in ITEM.fields))
COLUMNS = dict(zip(FIELDS, HEADINGS, strict=True))
"""What each heading means, unless a file says otherwise."""

_USUAL = {
    "kind": "养老",
    "months": "12",
    "amount": "100.00",
    "issued_on": "2024-01-05",
    "valid_until": "2029-01-05",
    "active": "是",
    "spouse": "",
}


def cells(who: str = ANN, number: str = "A1", **changes: str) -> list[str]:
    """Return the cells of one row under `HEADINGS`; a field not named is as usual and good."""
    row = {"subject": who, "name": NAMES.get(who, "某人"), "permit_no": number, **_USUAL, **changes}
    return [row[field] for field in FIELDS]
