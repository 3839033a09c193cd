"""Asking at the window: with consent only, sealed for the file; whole lists; and what a sealed answer proves to others."""

from __future__ import annotations

import csv
import datetime
import io
import os
import stat
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import openpyxl
import pytest
from django.utils import translation
from pyhanko.pdf_utils.reader import PdfFileReader

from mianzheng.audit.adapters.ed25519 import KeyFile
from mianzheng.audit.models import Entry
from mianzheng.audit.ports import SIGNER
from mianzheng.catalogue.rules.wordings import TextVersion
from mianzheng.centre.ports import SPOOL
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.texts import Text
from mianzheng.evidence.rules.verdicts import Verdict
from mianzheng.gateway.actions import consents, lists, sealing, window
from mianzheng.gateway.actions.checking import MOST_TRIES, check_file, check_number, check_text, is_about
from mianzheng.gateway.adapters import sheet as sheet_adapter
from mianzheng.gateway.adapters.sheet import typeset
from mianzheng.gateway.models import AskedList, Consent, Grant, GrantDay, SealedAnswer
from mianzheng.gateway.ports import STAMP
from mianzheng.gateway.queries.standing import in_force
from mianzheng.gateway.rules.consents import Channel
from mianzheng.gateway.rules.grants import Ground
from mianzheng.gateway.rules.grants import Stage as Stage_
from mianzheng.gateway.rules.lists import Stage
from mianzheng.gateway.rules.questions import Answer, Denied, Not
from mianzheng.gateway.rules.sealed import Standing, opened, public_jwk
from tests.second_city.lending import CLERK, LENDING, RIVAL, Bank, grant, open_bank
from tests.second_city.life import DAY, NOW

YIWU = Path(__file__).parents[2] / "cities" / "yiwu"


@pytest.fixture
def bank(town: Any) -> Bank:
    return open_bank(town)


def agreed(bank: Bank, who: str, *facts: str) -> Consent:
    """Have somebody consent to the lender."""
    made = consents.ask(
        city=LENDING,
        number=bank.number(who),
        matter="loan",
        facts=facts or ["married", "no-debt"],
        days=30,
        actor=CLERK,
        now=NOW,
    )
    consents.give(city=LENDING, consent=made, actor=bank.town.person(who), now=NOW)
    return Consent.objects.get(id=made)


def verify(bank: Bank, who: str, *facts: str, actor: Actor = CLERK, now: datetime.datetime = NOW, matter: str = "loan"):
    number = bank.town.numbers.get(who, who)
    return window.verify(city=LENDING, number=number, matter=matter, facts=facts, actor=actor, now=now)


def sealed(bank: Bank, who: str = "anna") -> SealedAnswer:
    agreed(bank, who)
    verify(bank, who, "married")
    return SealedAnswer.objects.get()


def test_without_consent_nothing_is_looked_up_and_nothing_sealed(bank: Bank) -> None:
    _, (outcome,) = verify(bank, "anna", "married")
    assert isinstance(outcome.told, Denied)
    assert outcome.told.why is Not.NO_CONSENT
    assert not SealedAnswer.objects.exists()
    assert not Entry.objects.filter(action="lookup").exists()


def test_each_answer_is_logged_and_sealed(bank: Bank) -> None:
    consent = agreed(bank, "anna")
    name, outcomes = verify(bank, "anna", "no-debt", "married")
    assert [outcome.told.verdict for outcome in outcomes] == [Verdict.HOLDS, Verdict.HOLDS]
    rows = list(SealedAnswer.objects.order_by("id"))
    assert {row.asked for row in rows} == {name}
    assert [row.number for row in rows] == [outcome.sealed for outcome in outcomes]
    assert {row.consent for row in rows} == {consent.number}
    for row, outcome in zip(rows, outcomes, strict=True):
        assert isinstance(outcome.told, Answer)
        entry = Entry.objects.get(id=outcome.told.entry)
        assert (entry.actor, entry.actor_office, entry.subject) == (CLERK.id, "lender", bank.town["anna"])
        assert entry.detail["consent"] == consent.number
        said = opened(row.jws)[0]
        assert said["log"] == {"entry": str(entry.id), "leaf": bytes(entry.leaf).hex()}
        assert said["ground"]["consent"] == consent.number
        assert bank.number("anna") not in row.jws


def test_after_revoking_the_next_question_is_refused_and_the_old_answer_stays_genuine(bank: Bank) -> None:
    consent = agreed(bank, "anna")
    verify(bank, "anna", "married")
    consents.revoke(city=LENDING, consent=consent.id, actor=bank.town.person("anna"), now=NOW)
    _, (outcome,) = verify(bank, "anna", "married")
    assert outcome.told.why is Not.NO_CONSENT
    row = SealedAnswer.objects.get()
    assert check_text(row.jws, now=NOW).standing is Standing.GENUINE


def test_a_grant_along_another_line_does_not_rest_on_the_old_consent(bank: Bank) -> None:
    agreed(bank, "anna", "no-debt")
    Grant.objects.filter(asker="lender", fact="no-debt").update(stage=Stage_.REVOKED)
    grant("no-debt", params={"limit": 500})
    _, (outcome,) = verify(bank, "anna", "no-debt")
    assert outcome.told.why is Not.NO_CONSENT


def test_a_grant_for_something_else_does_not_rest_on_the_old_consent(bank: Bank) -> None:
    agreed(bank, "anna", "married")
    Grant.objects.filter(asker="lender", fact="married").update(purpose="推销保险")
    _, (outcome,) = verify(bank, "anna", "married")
    assert outcome.told.why is Not.NO_CONSENT
    agreed(bank, "anna", "married")
    _, (outcome,) = verify(bank, "anna", "married")
    assert outcome.told.verdict is Verdict.HOLDS


def test_a_duty_needs_no_consent_and_names_its_article(bank: Bank) -> None:
    officer = Actor("officer of homes", "officer", "homes")
    _, (outcome,) = verify(bank, "anna", "has-card", actor=officer, matter="home")
    assert outcome.told.verdict is Verdict.HOLDS
    assert opened(SealedAnswer.objects.get().jws)[0]["ground"]["basis"] == "homes-3"


def test_it_is_sealed_under_the_grant_it_was_answered_under(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = Actor("officer of homes", "officer", "homes")
    before = in_force(NOW.date())
    Grant.objects.filter(asker="homes").update(stage=Stage_.REVOKED)
    newer = grant(
        "has-card", asker="homes", matter="home", ground=Ground.DUTY, basis="homes-3", liability="liability-2"
    )
    monkeypatch.setattr(window, "in_force", lambda _: before)  # it changed between reading and answering
    verify(bank, "anna", "has-card", actor=officer, matter="home")
    assert Entry.objects.get(action="lookup").detail["grant"] == str(newer.id)
    assert opened(SealedAnswer.objects.get().jws)[0]["liability"] == "liability-2"


def test_where_nothing_can_be_sealed_nobody_is_looked_up(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    agreed(bank, "anna", "married")
    monkeypatch.setattr(type(SIGNER()), "algorithm", 2)
    with pytest.raises(Refusal) as refused:
        verify(bank, "anna", "married")
    assert "签名" in refused.value.what.msgid
    row = hand_in(sheet((bank.number("anna"), "")))
    assert through(row).stage == Stage.REFUSED
    assert not Entry.objects.filter(action="lookup").exists()
    assert not GrantDay.objects.exists()


def test_unknown_is_sealed_with_the_way_that_remains(bank: Bank) -> None:
    agreed(bank, "anna")
    bank.town.silence("marriage")
    _, (outcome,) = verify(bank, "anna", "married")
    assert outcome.told.verdict is Verdict.UNKNOWN
    assert opened(SealedAnswer.objects.get().jws)[0]["next"]["way"] == "department"


def test_of_somebody_unknown_here_nothing_is_said_before_they_consented(bank: Bank) -> None:
    before = verify(bank, bank.stranger, "married")[1][0].told, verify(bank, "carl", "married")[1][0].told
    assert before[0] == before[1]
    made = consents.ask(
        city=LENDING, number=bank.stranger, matter="loan", facts=["married"], days=9, actor=CLERK, now=NOW
    )
    consents.record(city=LENDING, consent=made, channel=Channel.PAPER, paper="7", seen=True, actor=CLERK, now=NOW)
    with pytest.raises(Refusal) as refused:
        verify(bank, bank.stranger, "married")
    assert "没有这个号码" in refused.value.what.msgid


# --- checking ------------------------------------------------------------------------------------------------------


def pdf(row: SealedAnswer) -> bytes:
    sheet = typeset(
        opened(row.jws)[0], jws=row.jws, person_key=bytes(row.person_key).hex(), address="http://x/check/?n=1"
    )
    return STAMP().stamp(sheet, reason="test")


def test_sheet_and_signature_are_genuine_and_a_changed_byte_is_found(bank: Bank) -> None:
    row = sealed(bank)
    document = pdf(row)
    assert check_file(document, now=NOW).standing is Standing.GENUINE
    assert check_file(row.jws.encode(), now=NOW).standing is Standing.GENUINE
    assert check_file(document, now=NOW).said == opened(row.jws)[0]
    for place in range(200, len(document) - 1, max(1, len(document) // 40)):
        changed = document[:place] + bytes([document[place] ^ 1]) + document[place + 1 :]
        assert check_file(changed, now=NOW).standing is Standing.ALTERED, place
    assert check_file(document + b"\n%more\n", now=NOW).standing is Standing.ALTERED
    for other in (b"", b"%PDF-1.7", b"\x00\xff", document[:-100], b"%PDF" + os.urandom(500)):
        assert check_file(other, now=NOW).standing is Standing.ALTERED


def pages_of(document: bytes) -> int:
    return int(PdfFileReader(io.BytesIO(document)).root["/Pages"]["/Count"])


@pytest.mark.parametrize("silent", [False, True])
def test_the_sheet_is_one_page_in_both_languages_with_the_clause_on_it(bank: Bank, silent: bool) -> None:
    """The same whoever downloads it; a clause there is no room for is left to the checking page."""
    if silent:
        bank.town.silence("marriage")
    said = dict(opened(sealed(bank).jws)[0])
    said["asker"] = {"zh": "义乌市市场监督管理局（知识产权局）" * 2, "en": "Yiwu Market Regulation Administration " * 2}
    texts = [(YIWU / "texts" / name).read_text(encoding="utf-8") for name in ("liability.md", "liability.en.md")]
    clause = TextVersion(
        "liability", 1, "liability", Text("责任条款", "Clause"), Text(*(t.split("---")[2] for t in texts))
    )
    longer = replace(clause, body=Text(clause.body.zh * 9, clause.body.en * 9))
    given = {"jws": "a.b.c", "person_key": "0" * 20, "address": "https://mianzheng.example.org/check/?n=1"}
    sheets = [typeset(said, **given, clause=each) for each in (None, clause, longer)]
    assert [pages_of(each) for each in sheets] == [1, 1, 1]
    assert len(sheets[0]) < len(sheets[1])
    told = sheet_adapter._told(said, "0" * 20, "https://mianzheng.example.org/check/")
    with translation.override("en"):
        assert sheet_adapter._told(said, "0" * 20, "https://mianzheng.example.org/check/") == told
    assert told["verdict"] == (("暂不能确定", "Cannot be settled yet") if silent else ("符合", "Met"))
    assert told["question"] == ("现在是否已婚？", "Married today?")
    assert (("用途", "What for"), ("贷款", "Loan")) in told["pairs"]
    assert all(name[1] for name, _ in told["pairs"]), "every label is there in both languages"


def test_a_sheet_without_the_seal_is_not_ours(bank: Bank) -> None:
    row = sealed(bank)
    key = bytes(row.person_key).hex()
    bare = typeset(opened(row.jws)[0], jws=row.jws, person_key=key, address="http://x/check/?n=1")
    assert check_file(bare, now=NOW).standing is Standing.ALTERED


def test_signed_by_somebody_else_is_not_ours(bank: Bank, settings: Any, tmp_path: Path) -> None:
    row = sealed(bank)
    other = tmp_path / "other"
    other.mkdir()
    home, settings.MIANZHENG_HOME = settings.MIANZHENG_HOME, other
    foreign_pdf, foreign_jws = pdf(row), sealing.signed(opened(row.jws)[0])
    settings.MIANZHENG_HOME = home
    assert check_file(foreign_pdf, now=NOW).standing is Standing.ALTERED
    assert check_text(foreign_jws, now=NOW).standing is Standing.ALTERED


def test_it_expires_and_can_be_withdrawn(bank: Bank) -> None:
    row = sealed(bank)
    assert check_text(row.jws, now=NOW + 31 * DAY).standing is Standing.EXPIRED
    with pytest.raises(NotFound):
        sealing.withdraw(number=row.number, why="登记错了", actor=RIVAL, now=NOW)
    with pytest.raises(Refusal):
        sealing.withdraw(number=row.number, why=" ", actor=CLERK, now=NOW)
    sealing.withdraw(number=row.number.lower(), why="登记错了", actor=Actor("duty", "centre", "civil"), now=NOW)
    found = check_text(row.jws, now=NOW)
    assert (found.standing, found.why, found.withdrawn_at) == (Standing.WITHDRAWN, "登记错了", NOW)
    with pytest.raises(Refusal):
        sealing.withdraw(number=row.number, why="登记错了", actor=CLERK, now=NOW)
    assert Entry.objects.get(action="sealed.withdraw").detail["sealed"] == row.number


def test_by_its_number_it_opens_for_who_knows_the_person_too(bank: Bank) -> None:
    row = sealed(bank)
    tail = bank.number("anna")[-4:]
    assert check_number(row.number, tail, now=NOW).standing is Standing.GENUINE
    assert check_number(row.number, tail.lower(), now=NOW) is not None
    wrong = "0000" if tail != "0000" else "1111"
    assert check_number(row.number, wrong, now=NOW) is None
    assert check_number("0" * 16, tail, now=NOW) is None, "like one that nobody has"


def test_guessing_the_last_signs_ends_for_the_day(bank: Bank) -> None:
    row = sealed(bank)
    tail = bank.number("anna")[-4:]
    for _ in range(MOST_TRIES):
        assert check_number(row.number, "0000" if tail != "0000" else "1111", now=NOW) is None
    assert check_number(row.number, tail, now=NOW) is None
    assert check_number(row.number, tail, now=NOW + DAY) is not None
    assert check_text(row.jws, now=NOW).standing is Standing.GENUINE, "with the file it opens all the same"


def test_with_sheet_and_number_one_proves_whom_it_is_about(bank: Bank) -> None:
    row = sealed(bank)
    said, key = opened(row.jws)[0], bytes(row.person_key).hex()
    assert is_about(said, key, bank.number("anna"))
    printed = " ".join(key[n : n + 5] for n in range(0, len(key), 5))
    assert is_about(said, printed, bank.number("anna"))
    assert is_about(said, f"{key[:10]} {key[10:]}", f"{bank.number('anna')[:6]} {bank.number('anna')[6:]}")
    assert not is_about(said, key, bank.number("ben"))
    assert not is_about(said, "0" * 20, bank.number("anna"))
    assert not is_about(said, "no key", bank.number("anna"))


def test_anybodys_library_takes_the_public_key(bank: Bank) -> None:
    row = sealed(bank)
    key = jwt.PyJWK(public_jwk(SIGNER().public_key(), algorithm=SIGNER().algorithm))
    said = jwt.decode(row.jws, key, algorithms=["EdDSA"], options={"verify_exp": False, "verify_iat": False})
    assert said["jti"] == row.number


def test_the_seals_file_is_its_owners_and_one_that_others_read_is_not_used(bank: Bank, settings: Any) -> None:
    pdf(sealed(bank))
    path = Path(settings.MIANZHENG_HOME) / "stamp.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(Refusal):
        STAMP().stamp(b"%PDF", reason="x")


def test_what_a_key_of_before_signed_is_still_genuine(bank: Bank, settings: Any) -> None:
    row = sealed(bank)
    for _ in range(2):
        KeyFile().replace()
    assert stat.S_IMODE((Path(settings.MIANZHENG_HOME) / "seal-key.json").stat().st_mode) == 0o600
    assert check_text(row.jws, now=NOW).standing is Standing.GENUINE
    _, (outcome,) = verify(bank, "anna", "married")
    newer = SealedAnswer.objects.get(number=outcome.sealed)
    assert check_text(newer.jws, now=NOW).standing is Standing.GENUINE
    assert len({jwt.get_unverified_header(each.jws)["kid"] for each in (row, newer)}) == 2


def test_the_seal_of_before_still_checks_what_it_sealed(bank: Bank, settings: Any) -> None:
    document = pdf(sealed(bank))
    path = Path(settings.MIANZHENG_HOME) / "stamp.pem"
    before = STAMP().certificate()
    path.unlink()
    STAMP().certificate()
    assert check_file(document, now=NOW).standing is Standing.ALTERED
    path.write_bytes(path.read_bytes() + before)
    os.utime(path, ns=(1, 1))
    assert check_file(document, now=NOW).standing is Standing.GENUINE


def test_rows_go_when_their_time_is_over_and_the_signature_still_checks(bank: Bank) -> None:
    row = sealed(bank)
    assert sealing.forget(now=NOW + 1094 * DAY) == 0
    assert sealing.forget(now=NOW + 1096 * DAY) == 1
    found = check_text(row.jws, now=NOW + 1096 * DAY)
    assert (found.standing, found.kept) == (Standing.EXPIRED, False)


# --- lists ---------------------------------------------------------------------------------------------------------


def test_an_officer_at_the_window_looks_as_an_officer_one_by_one_and_in_lists(bank: Bank) -> None:
    clerk = Actor(str(uuid.uuid4()), "officer", "homes")
    verify(bank, "anna", "has-card", actor=clerk, matter="home")
    made = lists.hand_in(
        city=LENDING, matter="home", facts=["has-card"], name="a.csv", stream=sheet((bank.number("ben"), "")),
        actor=clerk, now=NOW,
    )  # fmt: skip
    lists.work_off(city=LENDING, asked=made, clock=lambda: NOW)
    looks = Entry.objects.filter(action="lookup").values_list("actor", "actor_role", "actor_office")
    assert list(looks) == [(clerk.id, "officer", "homes")] * 2


def sheet(*rows: tuple[str, ...]) -> io.BytesIO:
    written = io.StringIO()
    csv.writer(written).writerows([("身份证号", "同意编号"), *rows])
    return io.BytesIO(written.getvalue().encode())


def hand_in(stream: io.BytesIO, *facts: str) -> AskedList:
    made = lists.hand_in(
        city=LENDING,
        matter="loan",
        facts=facts or ["married"],
        name="a.csv",
        stream=stream,
        actor=CLERK,
        now=NOW,
    )
    return AskedList.objects.get(id=made)


def through(row: AskedList) -> AskedList:
    lists.work_off(city=LENDING, asked=row.id, clock=lambda: NOW)
    row.refresh_from_db()
    return row


def results(row: AskedList, actor: Actor = CLERK) -> list[dict[str, Any]]:
    return list(lists.open_results(asked=row.id, actor=actor, now=NOW))


def test_a_list_is_asked_row_by_row_and_rows_without_consent_are_not_looked_up(bank: Bank) -> None:
    anna, ben = agreed(bank, "anna"), agreed(bank, "ben")
    number = bank.number
    row = through(hand_in(sheet((number("anna"), ""), (number("ben"), anna.number), (number("carl"), ""), ("123", ""))))
    assert (row.stage, row.done, row.rows) == (Stage.DONE, 4, 4)
    found = {result["number"]: result for result in results(row)}
    assert found[number("anna")]["verdict"] == "holds"
    assert found[number("anna")]["consent"] == anna.number
    assert found[number("ben")]["denied"] == "no_consent", "anna's consent is not his, and his own was not named"
    assert found[number("carl")]["denied"] == "no_consent"
    assert "why" in found["123"]
    assert row.verdicts == {"holds": 1, "none": 3}
    assert Entry.objects.filter(action="lookup").count() == 1
    assert SealedAnswer.objects.get().number == found[number("anna")]["sealed"]
    assert ben.given_at is not None


def test_a_workbook_is_read_like_a_table_of_text(bank: Bank) -> None:
    agreed(bank, "anna")
    book = openpyxl.Workbook()
    book.active.append(["公民身份号码"])
    book.active.append([bank.number("anna")])
    written = io.BytesIO()
    book.save(written)
    written.seek(0)
    assert through(hand_in(written)).verdicts == {"holds": 1}


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", "姓名,住址\n甲,乙\n".encode(), "身份证号\n".encode()])
def test_what_is_no_list_is_refused_at_once_and_leaves_nothing(bank: Bank, content: bytes, settings: Any) -> None:
    with pytest.raises(Refusal):
        hand_in(io.BytesIO(content))
    assert not AskedList.objects.exists()
    spool = Path(settings.MIANZHENG_HOME) / "spool"
    assert not list(spool.iterdir()) if spool.exists() else True


def test_too_many_rows_or_a_fact_without_a_grant_is_refused(bank: Bank) -> None:
    with pytest.raises(Refusal):
        hand_in(sheet(*[(bank.number("anna"), "")] * 10_001))
    with pytest.raises(Refusal):
        hand_in(sheet((bank.number("anna"), "")), "works")


def test_a_list_cut_off_in_the_middle_goes_on_and_asks_nobody_twice(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "AT_ONCE", 1)
    agreed(bank, "anna")
    agreed(bank, "ben")
    row = hand_in(sheet((bank.number("anna"), ""), (bank.number("ben"), "")))
    real = lists._lot

    def cut(city: Any, row: AskedList, lot: int, rows: Any, now: Any) -> None:
        if row.done:
            raise KeyboardInterrupt
        real(city, row, lot, rows, now)

    monkeypatch.setattr(lists, "_lot", cut)
    with pytest.raises(KeyboardInterrupt):
        lists.work_off(city=LENDING, asked=row.id, clock=lambda: NOW)
    row.refresh_from_db()
    assert (row.stage, row.done) == (Stage.WORKING, 1)
    monkeypatch.setattr(lists, "_lot", real)
    assert lists.revive(now=NOW + datetime.timedelta(minutes=1)) == 0
    assert lists.revive(now=NOW + datetime.timedelta(minutes=6)) == 1
    assert through(row).verdicts == {"holds": 2}
    assert Entry.objects.filter(action="lookup").count() == 2


def test_a_lot_whose_results_could_not_be_kept_is_looked_up_counted_and_sealed_once(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed(bank, "anna", "married")
    row = hand_in(sheet((bank.number("anna"), ""), (bank.number("ben"), "")))
    with monkeypatch.context() as full:
        full.setattr(type(SPOOL()), "write", _full)
        with pytest.raises(OSError, match="disk full"):
            lists.work_off(city=LENDING, asked=row.id, clock=lambda: NOW)
    agreed(bank, "ben", "married")  # meanwhile: who was denied is asked now, who was answered is not asked again
    assert through(row).verdicts == {"holds": 2}
    assert Entry.objects.filter(action="lookup").count() == 2
    assert GrantDay.objects.get().answered == 2
    kept = {str(each.entry): each.number for each in SealedAnswer.objects.all()}
    assert len(kept) == 2
    assert {each["entry"]: each["sealed"] for each in results(row)} == kept


def test_a_lot_that_is_told_again_is_sealed_as_it_was_answered(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    first = agreed(bank, "anna", "married")
    row = hand_in(sheet((bank.number("anna"), "")))
    with monkeypatch.context() as broken:
        broken.setattr(window, "seal", _full)
        with pytest.raises(OSError, match="disk full"):
            lists.work_off(city=LENDING, asked=row.id, clock=lambda: NOW)
    Grant.objects.filter(asker="lender", fact="married").update(stage=Stage_.REVOKED)
    grant("married", liability="liability-2")
    consents.revoke(city=LENDING, consent=first.id, actor=bank.town.person("anna"), now=NOW)
    agreed(bank, "anna", "married")
    assert through(row).verdicts == {"holds": 1}
    made = SealedAnswer.objects.get()
    said = opened(made.jws)[0]
    assert (said["liability"], said["ground"]["consent"], made.consent) == ("liability-1", first.number, first.number)
    (result,) = results(row)
    assert (result["sealed"], result["consent"]) == (made.number, first.number)


def test_a_list_that_never_gets_through_ends_after_three_tries_and_says_so(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed(bank, "anna", "married")
    row = hand_in(sheet((bank.number("anna"), "")))
    monkeypatch.setattr(type(SPOOL()), "write", _full)
    for n in range(1, 4):
        with pytest.raises(OSError, match="disk full"):
            lists.work_off(city=LENDING, asked=row.id, clock=lambda: NOW)
        assert lists.revive(now=NOW + n * datetime.timedelta(minutes=6)) == (n < 3)
    assert (through(row).stage, row.done) == (Stage.REFUSED, 0)
    assert "三次" in row.reason["msgid"]
    assert Entry.objects.filter(action="lookup").count() == SealedAnswer.objects.count() == 1


def test_a_worker_killed_at_every_try_does_not_go_on_for_ever(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    row = hand_in(sheet((bank.number("anna"), "")))

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(lists, "_lot", killed)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            lists.work_off(city=LENDING, asked=row.id, clock=lambda: NOW)
    assert through(row).stage == Stage.REFUSED


def _full(*_: Any, **__: Any) -> None:
    raise OSError("disk full")


def test_only_who_handed_a_list_in_opens_the_results_and_the_log_says_so(bank: Bank) -> None:
    row = hand_in(sheet((bank.number("anna"), "")))
    with pytest.raises(Refusal):
        results(row)
    through(row)
    for other in (RIVAL, Actor("colleague", "asker", "lender")):
        with pytest.raises(NotFound):
            results(row, other)
    results(row)
    assert Entry.objects.filter(action="list.open").count() == 1


def test_lists_and_results_lie_encrypted_and_go_after_their_days(bank: Bank, settings: Any) -> None:
    row = through(hand_in(sheet((bank.number("anna"), ""))))
    spool = Path(settings.MIANZHENG_HOME) / "spool"
    files = list(spool.iterdir())
    assert len(files) == 2
    assert not any(bank.number("anna").encode() in file.read_bytes() for file in files)
    assert lists.expire(today=NOW.date() + 7 * DAY) == 0
    assert lists.expire(today=NOW.date() + 8 * DAY) == 1
    row.refresh_from_db()
    assert (row.file, row.parts) == ("", [])
    with pytest.raises(Refusal):
        results(row)
    with pytest.raises(NotFound):
        SPOOL().open(f"{files[0].name}.00")


def test_an_unknown_list_is_nobodys(bank: Bank) -> None:
    lists.work_off(city=LENDING, asked=uuid.uuid4(), clock=lambda: NOW)
    with pytest.raises(NotFound):
        lists.open_results(asked=uuid.uuid4(), actor=CLERK, now=NOW)
