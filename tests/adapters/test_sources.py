"""Connectors against a real server that misbehaves in every way: a reason, in time, and never anything else."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import sqlite3
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mianzheng.catalogue.rules.exchange import Connection
from mianzheng.centre.adapters.connecting import Connecting
from mianzheng.centre.adapters.connections_file import Configured, configured, strangers
from mianzheng.centre.adapters.database import Database
from mianzheng.centre.adapters.plain import Plain
from mianzheng.centre.adapters.provincial import Platform
from mianzheng.centre.adapters.reading.database import DatabaseTable
from mianzheng.centre.ports import Source, SourceFailed
from mianzheng.centre.queries.gates import Gate
from mianzheng.centre.rules import provincial as protocol
from mianzheng.centre.rules.answers import Failure
from mianzheng.centre.rules.breaker import State
from mianzheng.common.errors import Refusal
from tests.adapters.awful_source import KEY, MISBEHAVIOURS, SECRET, AwfulSource, awful_source
from tests.second_city.sources import city_with_sources, connect

CITY = city_with_sources("marriage", "debts")
CONNECTION = CITY.connections["outside"]
DEBTS, MARRIAGE = CITY.items["debts"], CITY.items["marriage"]
NUMBER = "330782198005170015"
LIMIT = 1.0
SLACK = 0.5
"""What a busy machine may add to a limit, in seconds."""

DOWN = (
    "slow silent drip_headers drip_body hang_up hang_up_in_body error_500 html_502 html_200 no_object truncated redirect"
    " gzip_bomb gzip_nonsense huge endless bad_length no_http"
).split()
WRONG = "no_list wrong_types no_field unknown_code unsigned replayed".split()
REFUSED = "always_401 forbidden no_service clock_skew".split()
LATER = "wrong_person unknown_word".split()
"""What a connector cannot know to be wrong: it shows when the answer is checked (tests/actions/test_sources_reading.py)."""


@pytest.fixture(autouse=True)
def never_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine of the tests is, what comes too late is the source's doing."""
    monkeypatch.setattr("mianzheng.centre.adapters.calling.OURS", 1e9)


@pytest.fixture
def source() -> Iterator[AwfulSource]:
    with awful_source() as found:
        found.records["QK", NUMBER] = [{"je": 500}]
        yield found


def platform(source: AwfulSource, *, secret: str = SECRET, timeout: float = LIMIT, **more: Any) -> Platform:
    given = Configured("outside", source.address, KEY, secret, **more)
    return Platform(replace(CONNECTION, timeout=timeout), given)


def ask(connector: Any, limit: float = LIMIT, item: Any = DEBTS) -> Any:
    return connector.ask(item, [NUMBER], deadline=time.monotonic() + limit)


def failing(connector: Any, limit: float = LIMIT) -> SourceFailed:
    """Ask, and return the failure; see that it came in time."""
    began = time.monotonic()
    with pytest.raises(SourceFailed) as failed:
        ask(connector, limit)
    assert time.monotonic() - began < limit + SLACK
    assert failed.value.reason.msgid
    assert NUMBER not in str(failed.value.reason) + str(failed.value)
    return failed.value


def test_a_good_answer_comes_in_our_own_words(source: AwfulSource) -> None:
    source.records["HY", NUMBER] = [{"po": "330782198005170031", "zt": "20", "djrq": "2019-06-01", "more": 1}]
    connector = platform(source)
    assert ask(connector) == {NUMBER: [{"amount": "500"}]}
    married = {"spouse": "330782198005170031", "status": "married", "registered_on": "2019-06-01"}
    assert ask(connector, item=MARRIAGE) == {NUMBER: [married]}
    assert connector.check_config() == []


def test_nobody_there_is_an_answer_too(source: AwfulSource) -> None:
    source.records.clear()
    assert ask(platform(source)) == {NUMBER: []}


def test_every_misbehaviour_has_its_row() -> None:
    assert sorted([*DOWN, *WRONG, *REFUSED, *LATER, "too_many"]) == sorted(MISBEHAVIOURS)


@pytest.mark.parametrize("behaviour", DOWN)
def test_a_source_that_does_not_answer_properly_is_down_and_that_in_time(source: AwfulSource, behaviour: str) -> None:
    connector = platform(source)
    ask(connector)
    source.behaviour = behaviour
    assert failing(connector).kind == Failure.DOWN


@pytest.mark.parametrize("behaviour", WRONG)
def test_an_answer_that_cannot_be_right_is_wrong(source: AwfulSource, behaviour: str) -> None:
    source.behaviour = behaviour
    assert failing(platform(source)).kind == Failure.WRONG


@pytest.mark.parametrize("behaviour", REFUSED)
def test_a_source_that_says_no_is_not_down(source: AwfulSource, behaviour: str) -> None:
    source.behaviour = behaviour
    assert failing(platform(source)).kind == Failure.REFUSED


@pytest.mark.parametrize(("said", "wait"), [("7", 7), ("999999", 3600), ("Wed, 21 Oct", 5), ("-3", 5), ("", 5)])
def test_a_source_that_asks_to_wait_is_left_alone_so_long(source: AwfulSource, said: str, wait: float) -> None:
    source.behaviour, source.retry_after = "too_many", said
    failed = failing(platform(source))
    assert (failed.kind, failed.wait) == (Failure.BUSY, wait)


@pytest.mark.parametrize(("said", "wait"), [("7", 7), ("9" * 5000, 3600), ("Wed, 21 Oct", 5)])
def test_a_plain_interface_is_left_alone_as_long(source: AwfulSource, said: str, wait: float) -> None:
    source.behaviour, source.retry_after = "too_many", said
    failed = failing(plain(source))
    assert (failed.kind, failed.wait) == (Failure.BUSY, wait)


def test_another_persons_record_says_so(source: AwfulSource) -> None:
    source.behaviour = "wrong_person"
    assert ask(platform(source))[NUMBER][0]["subject"] != NUMBER


def test_a_token_is_fetched_once_and_again_when_it_is_no_longer_taken(source: AwfulSource) -> None:
    connector = platform(source)
    for _ in range(3):
        ask(connector)
    assert source.seen[protocol.TOKEN_PATH] == 1
    source.expire_tokens()
    assert ask(connector) == {NUMBER: [{"amount": "500"}]}
    assert source.seen[protocol.TOKEN_PATH] == 2


def test_a_token_is_fetched_anew_before_it_ends(source: AwfulSource) -> None:
    source.token_seconds = 0.5
    connector = platform(source)
    ask(connector)
    time.sleep(0.46)
    ask(connector)
    assert source.seen[protocol.TOKEN_PATH] == 2
    assert source.seen["/services/QK"] == 2, "no question was put with a token that had run out"


def test_many_who_notice_an_expired_token_fetch_one(source: AwfulSource) -> None:
    source.pause = 0.05
    connector, failures = platform(source, timeout=3), []

    def go() -> None:
        try:
            ask(connector, limit=3)
        except SourceFailed as failed:
            failures.append(failed.reason)

    threads = [threading.Thread(target=go) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert source.seen[protocol.TOKEN_PATH] == 1


def test_a_wrong_secret_is_refused_and_said_to_the_operator(source: AwfulSource) -> None:
    connector = platform(source, secret="not the secret")
    assert failing(connector).kind == Failure.REFUSED
    assert ["secret" in problem.msgid for problem in connector.check_config()] == [True]


def test_a_signature_covers_every_byte() -> None:
    signed = protocol.Signed("app", "1700000000000", "n", "t", "/services/QK", b'{"number":"1"}')
    given = protocol.headers(SECRET, signed)

    def fault(path: str = signed.path, body: bytes = signed.body, at: int = 1700000000000, **changed: str) -> str:
        return protocol.fault_of(SECRET, given | changed, path=path, body=body, milliseconds=at)

    assert fault() == protocol.OK
    assert fault(body=b'{"number":"2"}') == fault(path="/services/HY") == protocol.BAD_SIGNATURE
    for name in (protocol.APP_KEY, protocol.TIME, protocol.NONCE, protocol.TOKEN):
        assert fault(**{name: "1"}) == protocol.BAD_SIGNATURE
    assert fault(at=1700000000000 + 301_000) == fault(at=1700000000000 - 301_000) == protocol.BAD_TIME


def test_the_quota_is_read_from_every_answer(source: AwfulSource) -> None:
    source.quota = 10
    connector = platform(source)
    ask(connector)
    assert connector.quota_left == 8, "the token counted too"


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = Configured("outside", f"http://127.0.0.1:{port}", KEY, SECRET)
    assert failing(Platform(CONNECTION, given)).kind == Failure.DOWN


def test_somebody_listens_and_never_takes_the_call() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        given = Configured("outside", f"http://127.0.0.1:{deaf.getsockname()[1]}", KEY, SECRET)
        assert failing(Platform(CONNECTION, given)).kind == Failure.DOWN


@pytest.mark.parametrize("address", ["http://no-such-host.invalid", "http://[", "ftp://127.0.0.1/x", "nonsense"])
def test_an_address_that_leads_nowhere(address: str) -> None:
    failed = failing(Platform(CONNECTION, Configured("outside", address, KEY, SECRET)))
    assert failed.kind in (Failure.DOWN, Failure.UNSET)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate nobody knows for 127.0.0.1; return the server's context and the file to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "platform.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(private)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file, folder / "key.pem")
    return context, file


def test_a_certificate_nobody_knows_is_not_trusted_unless_the_operator_names_it(tmp_path: Path) -> None:
    context, file = certificate(tmp_path)
    with awful_source(context=context) as source:
        failed = failing(platform(source), limit=2)
        assert (failed.kind, "证书" in failed.reason.msgid) == (Failure.DOWN, True)
        assert ask(platform(source, ca=str(file)), limit=3) == {NUMBER: []}


def test_http_where_tls_was_meant(source: AwfulSource) -> None:
    given = Configured("outside", source.address.replace("http:", "https:"), KEY, SECRET)
    assert failing(Platform(CONNECTION, given)).kind == Failure.DOWN


# the plain interface


def plain(source: AwfulSource, path: str = "/plain/{service}", secret: str = SECRET) -> Plain:
    return Plain(CONNECTION, Configured("outside", source.address + path, secret=secret))


@pytest.mark.parametrize("path", ["/plain/{service}", "/plain/{service}?number={number}"])
def test_a_plain_interface_is_asked_by_post_or_get(source: AwfulSource, path: str) -> None:
    assert ask(plain(source, path)) == {NUMBER: [{"amount": "500"}]}
    assert plain(source, path).check_config() == []


@pytest.mark.parametrize("behaviour", [each for each in DOWN if each != "no_object"])
def test_a_plain_interface_that_does_not_answer_is_down_and_that_in_time(source: AwfulSource, behaviour: str) -> None:
    source.behaviour = behaviour
    assert failing(plain(source)).kind == Failure.DOWN


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        ("no_list", Failure.WRONG),
        ("wrong_types", Failure.WRONG),
        ("no_field", Failure.WRONG),
        ("forbidden", Failure.REFUSED),
        ("no_service", Failure.REFUSED),
        ("too_many", Failure.BUSY),
    ],
)
def test_a_plain_interface_that_says_no_or_nonsense(source: AwfulSource, behaviour: str, kind: Failure) -> None:
    source.behaviour = behaviour
    assert failing(plain(source)).kind == kind


def test_a_plain_interface_refuses_a_wrong_token(source: AwfulSource) -> None:
    assert failing(plain(source, secret="no")).kind == Failure.REFUSED
    assert len(plain(source, secret="no").check_config()) == 1


# a department's own database


@pytest.fixture
def database(tmp_path: Path) -> str:
    path = tmp_path / "water.db"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE QK (subject TEXT, je NUMERIC, secret TEXT)")
        made.executemany("INSERT INTO QK VALUES (?, ?, 'x')", [(NUMBER, 500), (NUMBER, 7.5), ("somebody else", 1)])
    return f"sqlite:///{path}"


def test_a_database_is_asked_for_many_at_once(database: str) -> None:
    connector = Database(CONNECTION, Configured("outside", database))
    found = connector.ask(DEBTS, [NUMBER, "nobody"], deadline=time.monotonic() + 1)
    assert found == {NUMBER: [{"subject": NUMBER, "amount": "500"}, {"subject": NUMBER, "amount": "7.5"}], "nobody": []}
    assert connector.check_config() == []


def test_a_small_x_at_the_end_of_a_number_is_the_same_number(tmp_path: Path) -> None:
    ours = ("33078219800517001X", "91330782MA2EBXXX0X")
    with sqlite3.connect(tmp_path / "theirs.db") as made:
        made.execute("CREATE TABLE QK (subject CHAR(20), je NUMERIC)")
        made.executemany("INSERT INTO QK VALUES (?, ?)", [(ours[0].lower(), 500), (ours[0], 7), (ours[1].lower(), 1)])
    connector = Database(CONNECTION, Configured("outside", f"sqlite:///{tmp_path / 'theirs.db'}"))
    found = connector.ask(DEBTS, ours, deadline=time.monotonic() + 1)
    amounts = [sorted(record["amount"] for record in found[number]) for number in ours]
    assert amounts == [["500", "7"], ["1"]]


def test_a_row_nobody_asked_for_is_a_wrong_answer_and_no_absence(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = sa.select(sa.table("QK", sa.column("subject"), sa.column("je")))
    monkeypatch.setattr("mianzheng.centre.adapters.database._select", lambda *asked: everything)
    assert failing(Database(CONNECTION, Configured("outside", database))).kind == Failure.WRONG


def test_a_database_without_the_table_or_out_of_reach(database: str) -> None:
    assert failing(Database(CONNECTION, Configured("outside", "sqlite:////no/such/folder/x.db"))).kind == Failure.DOWN
    assert failing(Database(CONNECTION, Configured("outside", "nonsense://x"))).kind == Failure.UNSET
    with pytest.raises(SourceFailed):
        Database(CONNECTION, Configured("outside", database)).ask(MARRIAGE, [NUMBER], deadline=time.monotonic() + 1)


def test_a_mistyped_sqlite_file_is_told_and_never_made(tmp_path: Path) -> None:
    path = tmp_path / "mistyped.db"
    connector = Database(CONNECTION, Configured("outside", f"sqlite:///{path}"))
    (problem,) = connector.check_config([DEBTS])
    assert "connections.toml" in problem.msgid
    assert failing(connector).kind == Failure.DOWN
    with pytest.raises(Refusal):
        DatabaseTable(Source("", BytesIO, url=f"sqlite:///{path}", query="QK"), DEBTS)
    assert not path.exists()


@pytest.mark.parametrize(("held", "service"), [("source", "QK"), ("copy", "QK"), ("copy", "SELECT je FROM QK")])
def test_every_item_that_can_be_read_is_in_order_and_one_that_cannot_is_named(
    database: str, held: str, service: str
) -> None:
    def problems(name: str) -> list[str]:
        line = replace(CONNECTION, services={"debts": replace(CONNECTION.services["debts"], service=name)})
        debts = replace(DEBTS, held=held)
        return [str(p.params["item"]) for p in Database(line, Configured("outside", database)).check_config([debts])]

    assert problems(service) == []
    assert problems(service.replace("QK", "KQ")) == [str(DEBTS.name)]


def test_a_number_never_becomes_a_statement(database: str) -> None:
    connector = Database(CONNECTION, Configured("outside", database))
    evil = "x' OR '1'='1"
    assert connector.ask(DEBTS, [evil], deadline=time.monotonic() + 1) == {evil: []}


# what the operator writes


def test_an_address_that_lets_others_read_along_is_warned_of() -> None:
    assert not Configured("a", "https://data.example.cn/x").open_to_all()
    assert not Configured("a", "http://127.0.0.1:8000").open_to_all(), "this machine is no road"
    (warning,) = Configured("a", "http://data.example.cn/x").open_to_all()
    assert warning.params == {"code": "a"}


def test_secrets_in_a_file_others_can_read_are_not_used(tmp_path: Path, settings: Any) -> None:
    settings.MIANZHENG_HOME = tmp_path
    connect(tmp_path, {"outside": {"address": "http://127.0.0.1:1", "app_key": KEY, "secret": SECRET}}, mode=0o640)
    (problem,) = Connecting().to(CONNECTION).check_config()
    assert "chmod 600" in problem.msgid
    assert failing(Connecting().to(CONNECTION)).kind == Failure.UNSET


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "缺少"),
        ("[outside", "读不出来"),
        ("outside = 3", "一组文字"),
        ('[outside]\naddress = "x"\nsecrte = "y"', "不认识"),
        ('[outside]\naddress = "http://x"\napp_key = "k"', "缺少"),
        ('[outside]\naddress = "http://x"\napp_key = "k"\nsecret = "s"\nca = "/no/file"', "证书文件"),
    ],
)
def test_what_is_wrong_with_the_file_is_said_in_a_sentence(
    tmp_path: Path, settings: Any, text: str, words: str
) -> None:
    settings.MIANZHENG_HOME = tmp_path
    path = tmp_path / "connections.toml"
    path.write_text(text)
    path.chmod(0o600)
    problems = Connecting().to(CONNECTION).check_config()
    assert problems
    assert words in problems[0].msgid


def test_a_table_of_no_connection_is_named(tmp_path: Path, settings: Any) -> None:
    settings.MIANZHENG_HOME = tmp_path
    assert strangers(["outside"]) == []
    connect(tmp_path, {"outside": {"address": "http://x"}, "outsde": {"address": "http://x"}})
    assert [problem.params["code"] for problem in strangers(["outside"])] == ["outsde"]


def test_a_corrected_file_is_read_at_once(tmp_path: Path, settings: Any, source: AwfulSource) -> None:
    settings.MIANZHENG_HOME = tmp_path
    assert configured("outside") == Configured("outside")
    assert Connecting().to(CONNECTION).check_config()
    connect(tmp_path, {"outside": {"address": source.address, "app_key": KEY, "secret": SECRET}})
    connector = Connecting().to(CONNECTION)
    assert connector.check_config() == []
    assert Connecting().to(CONNECTION) is connector, "token and connections are kept"


def test_what_comes_too_late_on_a_busy_machine_is_not_the_sources_fault(
    source: AwfulSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mianzheng.centre.adapters.calling.OURS", -1)
    source.behaviour = "silent"
    assert failing(platform(source)).kind == Failure.CROWDED
    source.behaviour = "hang_up"
    assert failing(platform(source)).kind == Failure.DOWN, "what it did in time is its own doing"


# the breaker, in real time


def test_the_breaker_opens_and_closes_as_drawn(source: AwfulSource) -> None:
    connection: Connection = replace(CONNECTION, failures=3, pause=0.4)
    connector, gate = platform(source, timeout=0.2), Gate(connection)
    ask(connector)
    seen: list[State] = []

    def go() -> str:
        trial = gate.enter(at=time.monotonic())
        if trial is None:
            return "held back"
        try:
            ask(connector, 0.2)
            failure = None
        except SourceFailed as failed:
            failure = Failure(failed.kind)
        change = gate.note(failure, trial=trial, at=time.monotonic())
        seen.append(change.after)
        return "failed" if failure else "answered"

    source.behaviour = "error_500"
    assert [go() for _ in range(5)] == ["failed"] * 3 + ["held back"] * 2
    opened = time.monotonic()
    assert gate.breaker.state is State.OPEN
    while (said := go()) == "held back":
        time.sleep(0.02)
    assert (said, gate.breaker.state) == ("failed", State.OPEN)
    assert 0.4 <= time.monotonic() - opened < 0.4 + SLACK
    source.behaviour = "good"
    reopened = time.monotonic()
    while (said := go()) == "held back":
        time.sleep(0.02)
    assert (said, gate.breaker.state) == ("answered", State.CLOSED)
    assert 0.35 <= time.monotonic() - reopened < 0.4 + SLACK
    assert seen == [State.CLOSED, State.CLOSED, State.OPEN, State.OPEN, State.CLOSED]
