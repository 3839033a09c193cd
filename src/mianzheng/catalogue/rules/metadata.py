"""The core metadata of an item (核心元数据, GB/T 21063.3, 政务信息资源目录编制指南), and what hangs on it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from mianzheng.catalogue.rules.city import Certificate, City, Fact, Field, Item, Matter
from mianzheng.common.reasons import N_, Param, Reason
from mianzheng.common.texts import Text

Value = Text | Reason | str | datetime.date

ABOUT = {
    "person": N_("个人"),
    "organisation": N_("法人和其他组织"),
    "house": N_("房屋"),
    "place": N_("地点"),
}
CYCLE = {
    "realtime": N_("实时"),
    "day": N_("每天"),
    "week": N_("每周"),
    "month": N_("每月"),
    "quarter": N_("每季度"),
    "year": N_("每年"),
}
SHARING = {"unconditional": N_("无条件共享"), "conditional": N_("有条件共享"), "closed": N_("不予共享")}
CONDITION = {
    "unconditional": N_("无，直接使用"),
    "conditional": N_("向提供方申请，写明事项、字段和法律依据"),
    "closed": N_("依法不予共享，只答复符合或者不符"),
}
OPENING = {True: N_("有条件开放"), False: N_("不予开放")}
TYPES = {
    "text": N_("字符"),
    "code": N_("代码"),
    "integer": N_("整数"),
    "decimal": N_("小数"),
    "date": N_("日期"),
    "month": N_("年月"),
    "boolean": N_("是否"),
    "subject": N_("主体"),
}
SENSITIVITY = {"general": N_("一般"), "sensitive": N_("敏感"), "sealed": N_("严格保密")}


@dataclass(frozen=True, slots=True)
class Metadatum:
    """One line of the catalogue card: `code` for machines, `name` as the standard has it."""

    code: str
    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Uses:
    """What hangs on an item: facts answered from it, matters that need them, certificates they replace."""

    facts: tuple[Fact, ...]
    matters: tuple[Matter, ...]
    certificates: tuple[Certificate, ...]


def resource_code(city: City, item: Item) -> str:
    """Return the catalogue code (信息资源代码): 3 (部门类) and the department's place, then the item's place in it."""
    department = list(city.departments).index(item.owner) + 1
    own = [code for code, other in city.items.items() if other.owner == item.owner]
    return f"{city.code}-3{department:03d}/{own.index(item.code) + 1:06d}"


def metadata(city: City, item: Item, *, published: datetime.date) -> list[Metadatum]:
    """Return the card of `item`, in the order of the standard; `published` is the day this catalogue came into force."""
    owner = city.departments[item.owner].name
    fields = "、".join(field.name.zh for field in item.fields)
    fields_en = ", ".join(field.name.en or field.code for field in item.fields)
    return [
        Metadatum("resource_code", N_("信息资源代码"), resource_code(city, item)),
        Metadatum("name", N_("信息资源名称"), item.name),
        Metadatum("abstract", N_("信息资源摘要"), abstract(city, item)),
        Metadatum("provider", N_("信息资源提供方"), owner),
        Metadatum("provider_code", N_("提供方代码"), item.owner),
        Metadatum("format", N_("信息资源格式"), Reason(N_("数据库"))),
        Metadatum("fields", N_("信息项"), Text(fields, fields_en) if fields else Reason(N_("还没有编目"))),
        Metadatum("sharing_type", N_("共享类型"), Reason(SHARING[item.sharing])),
        Metadatum("sharing_condition", N_("共享条件"), Reason(CONDITION[item.sharing])),
        Metadatum("sharing_way", N_("共享方式"), _way(city, item)),
        Metadatum("opening", N_("是否向社会开放"), Reason(OPENING[_open(item)])),
        Metadatum("cycle", N_("更新周期"), Reason(CYCLE[item.cycle])),
        Metadatum("published", N_("发布日期"), published),
        Metadatum(
            "related", N_("关联资源代码"), "、".join(resource_code(city, other) for other in related(city, item))
        ),
    ]


def abstract(city: City, item: Item) -> Reason:
    """Say in a sentence what the item is."""
    words = N_("%(owner)s登记的“%(item)s”，关于%(about)s，来自%(system)s。")
    if not item.system:
        words = N_("%(owner)s登记的“%(item)s”，关于%(about)s。")
    params: dict[str, Param] = {
        "owner": city.departments[item.owner].name,
        "item": item.name,
        "about": Reason(ABOUT[item.about]),
        "system": item.system,
    }
    return Reason(words, params)


def related(city: City, item: Item) -> list[Item]:
    """Return the other items that carry a datum of this one."""
    mine = {field.datum for field in item.fields if field.datum}
    return [
        other
        for other in city.items.values()
        if other.code != item.code and mine and any(field.datum in mine for field in other.fields)
    ]


def uses(city: City, item: Item) -> Uses:
    """Return what hangs on `item`, directly or because a relation is found in it."""
    facts = tuple(fact for fact in city.facts.values() if fact.item == item.code)
    codes = {fact.code for fact in facts}
    found = {relation.code for relation in city.relations.values() if relation.item == item.code}
    matters = tuple(
        matter
        for matter in city.matters.values()
        if codes & set(matter.facts)
        or any(need.fact in codes or need.about in found for need in (matter.work.needs if matter.work else ()))
    )
    certificates = tuple(c for c in city.certificates.values() if c.fact and c.fact in codes)
    return Uses(facts, matters, certificates)


def span(field: Field) -> str:
    """Return the range of a field as it is written: ``0..100``, or the empty string."""
    return f"{field.low}..{field.high}" if field.low or field.high else ""


def _way(city: City, item: Item) -> Reason:
    if item.at_source and item.connection in city.connections:
        return Reason(N_("到源头查询（%(connection)s）"), {"connection": city.connections[item.connection].name})
    if item.at_source:
        return Reason(N_("到源头查询"))
    return Reason(N_("经授权的副本，接口查询"))


def _open(item: Item) -> bool:
    return item.sharing == "unconditional" and item.sensitivity == "general" and item.about != "person"
