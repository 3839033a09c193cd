"""What the centre needs from outside."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple, Protocol

import polars as pl

from mianzheng.catalogue.rules.city import Item
from mianzheng.catalogue.rules.exchange import Connection
from mianzheng.centre.rules.intakes import Fault
from mianzheng.common.reasons import Reason
from mianzheng.web.plugs import Plug


@dataclass(frozen=True, slots=True)
class Source:
    """What is to be read: a file, whose `open` gives a new seekable stream each time, or an address.

    `url` is an SQLAlchemy URL or an HTTP address; `query` the table or SELECT of a database, or where the list stands in
    a JSON answer; `headers` go with HTTP requests, `ca` is a file with the certificates to trust instead of the usual.
    It is read before `deadline`, a `time.monotonic` value, or not at all.
    """

    name: str
    open: Callable[[], BinaryIO]
    url: str = ""
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    ca: str = ""
    deadline: float = math.inf


class Part(NamedTuple):
    """Some rows: column ``row`` (the row number as the sender counts, headings included) and a text column a heading;
    `faults` are rows that could not be split into cells.
    """

    frame: pl.DataFrame
    faults: list[Fault]


class Table(Protocol):
    """One opened source. `expected_rows` is 0 while nobody knows."""

    @property
    def headings(self) -> tuple[str, ...]: ...

    @property
    def notes(self) -> tuple[Reason, ...]: ...

    @property
    def expected_rows(self) -> int: ...

    def parts(self) -> Iterator[Part]:
        """Yield the rows, about 200,000 at a time."""
        ...


class Reading(Protocol):
    """Opens what departments send. Raises `Refusal` with one clear sentence where it cannot be read."""

    def open(self, source: Source, item: Item) -> Table: ...


class Spool(Protocol):
    """Files that wait, encrypted. A token names a file and carries its key; without the token nobody can read it."""

    def write(self, stream: BinaryIO, limit: int) -> tuple[str, int]:
        """Keep at most `limit` bytes; return token and size. Raises `Refusal` where there are more."""
        ...

    def open(self, token: str) -> BinaryIO:
        """Return a seekable stream. Raises `NotFound` where the file is gone."""
        ...

    def delete(self, token: str) -> None:
        """Delete the file if it is there."""
        ...


class FaultFiles(Protocol):
    """Refused rows, kept encrypted in the spool."""

    def write(self, faults: Sequence[Fault]) -> str:
        """Keep `faults`; return the token."""
        ...

    def read(self, token: str) -> Iterator[Fault]:
        """Return what was kept. Raises `NotFound` where it is gone."""
        ...


class SourceFailed(Exception):
    """A source did not answer: `reason` says why in words for an operator, `kind` is a `rules.answers.Failure`.

    `wait` is for how many seconds the source wants to be left alone. Nothing here says what was asked.
    """

    def __init__(self, reason: Reason, kind: str, *, wait: float = 0.0) -> None:
        super().__init__(kind)
        self.reason = reason
        self.kind = kind
        self.wait = wait


class Connector(Protocol):
    """Asks one source. It is called in a thread of its own and must not speak to our database, but for one that says
    ``in_process = True``, which is called by whoever asks. `together` is how many numbers one question may hold (1
    where it is missing); `quota_left`, where it is there, is what the other side last said of the day's quota.
    """

    def ask(self, item: Item, numbers: Sequence[str], *, deadline: float) -> dict[str, list[dict[str, Any]]]:
        """Return for each number its records: fields in our codes, values as sent. `deadline` is a `time.monotonic`
        value. Raises `SourceFailed`.
        """
        ...

    def check_config(self, items: Sequence[Item] = ()) -> list[Reason]:
        """Return what is wrong with the configuration, as sentences an operator can act on; `items` are those that come
        over the connection.
        """
        ...


class Connectors(Protocol):
    """Finds the connector of a connection."""

    def to(self, connection: Connection) -> Connector: ...


@dataclass(frozen=True, slots=True)
class Call:
    """One message for a receiver that takes changes by machine: where to, what, with which headers."""

    id: int
    url: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one call went: no `problem` means that the other side took it, else a word of `rules.feeding.PROBLEMS`.

    `retry_after` is how many seconds the other side asks to wait.
    """

    id: int
    problem: str = ""
    retry_after: int = 0


class Caller(Protocol):
    """Sends messages to receivers."""

    def send(self, calls: Sequence[Call], *, at_once: int) -> Iterator[Outcome]:
        """Send all `calls`, at most `at_once` side by side, and yield how each went as soon as it is known.

        It never raises for what the other side does, and no call takes longer than ten seconds in all.
        """


CALLER: Plug[Caller] = Plug("centre.caller", default="mianzheng.centre.adapters.webhook.Webhook")
READING: Plug[Reading] = Plug("centre.reading", default="mianzheng.centre.adapters.reading.Reading")
SPOOL: Plug[Spool] = Plug("centre.spool", default="mianzheng.centre.adapters.spool.Folder")
FAULTS: Plug[FaultFiles] = Plug("centre.faults", default="mianzheng.centre.adapters.faults.FaultFile")
CONNECTORS: Plug[Connectors] = Plug("centre.connectors", default="mianzheng.centre.adapters.connecting.Connecting")
