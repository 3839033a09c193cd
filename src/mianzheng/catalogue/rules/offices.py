"""Who works for a city, and where: departments, other bodies, places."""

from __future__ import annotations

from dataclasses import dataclass

from mianzheng.common.texts import Text


@dataclass(frozen=True, slots=True)
class Department:
    """A government department of the city (部门); `vertical` ones answer to the province (垂管)."""

    code: str
    name: Text
    kind: str
    phone: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A street or town (镇街), a work area (工作片), a community or village (村社)."""

    code: str
    name: Text
    kind: str
    parent: str = ""
    area: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """A body that is no department: public livelihood service (公共民生服务机构), bank, insurer, or outside the city."""

    code: str
    name: Text
    kind: str
    source: str = ""
