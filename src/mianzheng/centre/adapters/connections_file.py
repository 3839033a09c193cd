"""The operator's part of a connection: ``MIANZHENG_HOME/connections.toml``, readable by its owner only.

One table a connection, named by its code in the city package::

    [province]
    address = "https://..."
    app_key = "..."
    secret = "..."
    ca = "/etc/ssl/province.pem"       # only where the other side's certificate is not a public one
"""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from mianzheng.centre.rules.addresses import is_loopback
from mianzheng.common.reasons import N_, Reason

FILE = "connections.toml"


@dataclass(frozen=True, slots=True)
class Configured:
    """Address and secrets of one connection; empty where nothing is configured. `fault` says why the file was not used.

    For kind ``plain`` the `secret` is a bearer token and `address` has ``{service}`` where the service's name goes; with
    ``{number}`` in it too, the question is a GET. For kind ``database`` the address is an SQLAlchemy URL.
    """

    code: str
    address: str = ""
    app_key: str = ""
    secret: str = ""
    ca: str = ""
    fault: Reason | None = None

    def problems(self, needed: tuple[str, ...]) -> list[Reason]:
        """Return what is missing or wrong, as sentences for an operator."""
        if self.fault is not None:
            return [self.fault]
        where = {"code": self.code, "file": FILE}
        found = [
            Reason(N_("%(file)s 的 [%(code)s] 缺少 %(name)s。"), {**where, "name": name})
            for name in needed
            if not getattr(self, name)
        ]
        if self.ca and not Path(self.ca).is_file():
            found.append(Reason(N_("%(file)s 的 [%(code)s] 里 ca 指的证书文件不存在。"), where))
        return found

    def open_to_all(self) -> list[Reason]:
        """Return a warning where numbers would go over the network unencrypted, to be read by whoever is on the way."""
        parts = urlsplit(self.address)
        if parts.scheme != "http" or is_loopback(parts.hostname or ""):
            return []
        return [Reason(N_("[%(code)s] 的地址不是 https，证件号码在路上没有加密。"), {"code": self.code})]


def configured(code: str) -> Configured:
    """Return what the operator says about the connection `code`. A file others can read is not used."""
    tables = _written()
    if isinstance(tables, Reason):
        return Configured(code, fault=tables)
    return tables.get(code, Configured(code))


def strangers(known: Collection[str]) -> list[Reason]:
    """Return a sentence for each table of the file that none of the connections `known` goes by: nobody reads it."""
    tables = _written()
    words = N_("%(file)s 的 [%(code)s] 没有人用：城市包里没有这个连接，请核对编码。")
    codes = [] if isinstance(tables, Reason) else sorted(tables.keys() - set(known))
    return [Reason(words, {"file": FILE, "code": code}) for code in codes]


def _written() -> Mapping[str, Configured] | Reason:
    """Return the tables of the file by code, or why it is not used."""
    path = Path(settings.MIANZHENG_HOME) / FILE
    try:
        found = path.stat()
    except FileNotFoundError:
        return {}
    if stat.S_IMODE(found.st_mode) & 0o077:
        words = N_("%(file)s 里有密钥，但别人也能读它，所以没有使用：请运行 chmod 600。")
        return Reason(words, {"file": FILE})
    return _tables(path, (found.st_mtime_ns, found.st_ino, found.st_size))


@lru_cache(maxsize=8)
def _tables(path: Path, _state: tuple[int, int, int]) -> dict[str, Configured] | Reason:
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return Reason(N_("%(file)s 读不出来，请核对它的写法（TOML）。"), {"file": FILE})
    names = {each.name for each in fields(Configured)} - {"code", "fault"}
    found: dict[str, Configured] = {}
    for code, table in said.items():
        if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
            return Reason(N_("%(file)s 的 [%(code)s] 应当是一组文字。"), {"file": FILE, "code": code})
        strange = sorted(table.keys() - names)
        if strange:
            words = N_("%(file)s 的 [%(code)s] 里不认识 %(name)s。")
            found[code] = Configured(code, fault=Reason(words, {"file": FILE, "code": code, "name": strange[0]}))
        else:
            found[code] = Configured(code, **table)
    return found
