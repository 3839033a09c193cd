"""Looking somebody up and telling them later: nothing of theirs differs until the order has ended, then all is told."""

from __future__ import annotations

import datetime
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from mianzheng.audit.actions.sealing import seal
from mianzheng.audit.models import Entry
from mianzheng.audit.queries.verifying import verify
from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.evidence.actions import secrecy
from mianzheng.evidence.actions.look import look
from mianzheng.evidence.models import SecrecyOrder, SecrecyTerm, SecretLook
from mianzheng.people.actions import open_account
from mianzheng.people.models import Account
from tests.pages.street import Street, seen, street
from tests.second_city.life import DAY, NOW, officer
from tests.second_city.reading import FILES, city_of
from tests.second_city.sealed import SECRECY

__all__ = ["street"]

CITY_FILES = {**FILES, "secrecy.csv": SECRECY}
CITY = city_of(CITY_FILES)
ADA, BOB, HOMES = (officer(office) for office in ("civil", "civil", "homes"))
BOB = type(BOB)("another officer of civil", "officer", office="civil")
LAST = NOW.date() + datetime.timedelta(days=30)


@pytest.fixture
def secret(street: Street) -> Street:
    """The street in a city where civil may look people up and tell them later."""
    load_city(files=CITY_FILES, actor="operator", now=NOW + datetime.timedelta(seconds=1))
    street.accounts["bob"] = Account.objects.get(
        id=open_account(username="bob", roles=["officer"], department="civil", now=NOW)
    )
    return street


def order(street: Street, name: str = "anna", *, approved: bool = True, **more: Any) -> uuid.UUID:
    given = {
        "basis": "homes-3",
        "reference": "桥公〔2026〕7号",
        "why": "会惊动",
        "until": LAST,
        "actor": ADA,
        "now": street.now,
    }
    made = secrecy.open_order(city=CITY, subject=street.town[name], **{**given, **more})
    if approved:
        secrecy.approve_order(order=made, subject=street.town[name], actor=BOB, now=street.now)
    return made


def look_in_secret(street: Street, made: uuid.UUID, name: str = "anna", fact: str = "no-debt", **more: Any) -> Any:
    asked = {"matter": "home", "fact": fact, "applicant": street.town[name], "actor": ADA, "now": street.now}
    return look(city=CITY, secrecy=made, **{**asked, **more})


def page(street: Street, name: str, address: str = "", **headers: str) -> bytes:
    """Return what the person gets, byte for byte but for the token of the form."""
    answer = street.as_(name).get(address or reverse("evidence:my_data"), headers=headers)
    return re.sub(rb'"[A-Za-z0-9]{64}"', b"TOKEN", answer.content)


def test_nothing_of_the_persons_differs_while_it_is_secret(secret: Street) -> None:
    secret.town.verified("anna", marital="married")
    receipt = reverse(
        "evidence:receipt", args=[Entry.objects.filter(subject=secret.town["anna"], action="lookup")[0].id]
    )
    fragment = {"HX-Request": "true"}

    def everything() -> list[bytes]:
        return [
            page(secret, who, address, **headers)
            for who in ("anna", "ben")
            for address, headers in (
                ("", {}),
                ("", fragment),
                (receipt, {}),
                (f"{receipt}?form=json", {}),
                ("/my/", {}),
            )
        ]

    before = everything()
    made = order(secret)
    look_in_secret(secret, made, fact="no-debt")
    of_ben = order(secret, "ben")
    look_in_secret(secret, of_ben, "ben", fact="no-debt")
    hidden = Entry.objects.filter(detail__withheld__in=[str(made), str(of_ben)])
    assert {line.subject for line in hidden} == {secret.town["anna"], secret.town["ben"]}
    for was, now in zip(before, everything(), strict=True):
        assert now.splitlines() == was.splitlines()
    for line in hidden:
        who = "anna" if line.subject == secret.town["anna"] else "ben"
        for form in ("", "?form=json"):
            address = reverse("evidence:receipt", args=[line.id]) + form
            nowhere = reverse("evidence:receipt", args=[uuid.UUID(int=5)]) + form
            assert secret.as_(who).get(address).status_code == 404
            assert page(secret, who, address) == page(secret, who, nowhere).replace(
                str(uuid.UUID(int=5)).encode(), str(line.id).encode()
            )


def test_four_hundred_lines_are_four_hundred_lines(secret: Street) -> None:
    """What is withheld takes nobody's place in a list that has an end."""
    from mianzheng.audit.queries import told_to

    secret.town.verified("anna")
    few = told_to(secret.town["anna"], now=secret.now, limit=3)
    made = order(secret)
    secret.later()
    look_in_secret(secret, made)
    assert told_to(secret.town["anna"], now=secret.now, limit=3) == few


def test_it_is_in_the_log_and_under_the_seal_at_once(secret: Street) -> None:
    made = order(secret)
    look_in_secret(secret, made)
    seal(origin="mianzheng/test", now=secret.now)
    assert verify().problems == ()
    (line,) = Entry.objects.filter(action="lookup", subject=secret.town["anna"], fact="no-debt")
    assert (line.actor_office, line.detail["withheld"]) == ("civil", str(made))
    assert "桥公〔2026〕7号" in line.purpose and "石桥住房条例" in line.purpose
    told = Entry.objects.filter(action__startswith="secrecy.")
    assert [each.action for each in told.order_by("id")] == ["secrecy.open", "secrecy.approve"]
    everything = repr(list(told.values()))
    assert str(secret.town["anna"]) not in everything and secret.town.numbers["anna"] not in everything


@pytest.mark.parametrize("how", ["ended", "expired"])
def test_afterwards_all_is_told(secret: Street, how: str) -> None:
    made = order(secret)
    secret.later()
    look_in_secret(secret, made)
    secret.later()
    if how == "ended":
        secrecy.end_order(order=made, actor=BOB, now=secret.now)
    else:
        secret.now += 31 * DAY
    text = seen(secret.as_("anna").get(reverse("evidence:my_data")))
    for part in (
        "依法保密的查询",
        "石桥市民政局",
        "没有告诉您",
        "石桥住房条例 第三条",
        "桥公〔2026〕7号",
        "是否没有欠款？",
    ):
        assert part in text, part
    last = "3月2日 10:10" if how == "ended" else "4月2日 00:00"
    assert last.split()[1] in text
    (line,) = Entry.objects.filter(subject=secret.town["anna"], fact="no-debt")
    assert "没有告诉您" in seen(secret.as_("anna").get(reverse("evidence:receipt", args=[line.id])))


def test_an_order_about_one_person_looks_at_nobody_else(secret: Street) -> None:
    """The matter needs to know of the spouse too, yet the order is about the wife alone."""
    made = order(secret)
    with pytest.raises(Refusal) as refused:
        look_in_secret(secret, made, fact="spouse-no-debt")
    assert refused.value.field == "fact"
    assert not Entry.objects.filter(detail__withheld=str(made)).exists() and not SecretLook.objects.exists()
    answers = look_in_secret(secret, made, fact="no-debt")
    assert [answer.need.about for answer in answers] == ["applicant"]
    looked = Entry.objects.filter(detail__withheld=str(made))
    assert {line.subject for line in looked} == {secret.town["anna"]}
    page = secret.as_("civil").get(reverse("evidence:secrecy_order", args=[made])).content.decode()
    assert 'value="home:no-debt"' in page and "spouse" not in page
    told = secret.as_("civil").post(
        reverse("evidence:secrecy_ask", args=[made]), {"asked": "home:spouse-no-debt"}, follow=True
    )
    assert "一份保密令只管一个人" in seen(told)


def test_an_answer_is_shown_once_and_a_reload_asks_nothing(secret: Street) -> None:
    made = order(secret)
    ada, address = secret.as_("civil"), reverse("evidence:secrecy_order", args=[made])
    sent = ada.post(address + "ask/", {"asked": "home:no-debt"})
    assert sent.status_code == 302 and SecretLook.objects.count() == 1
    kept = repr(ada.session["secret_answer"])
    assert str(secret.town["anna"]) not in kept and secret.town.numbers["anna"] not in kept
    ada.head(sent["Location"])
    assert "符合" in seen(ada.get(sent["Location"]))
    again = seen(ada.get(sent["Location"]))
    assert "符合" not in again and "已经显示过一次" in again
    assert SecretLook.objects.count() == 1 and "secret_answer" not in ada.session
    assert "已经显示过" not in seen(ada.get(address))
    ada.post(address + "ask/", {"asked": "home:no-debt"})
    other = reverse("evidence:secrecy_order", args=[order(secret, "eric")])
    assert "符合" not in seen(ada.get(other)), "the answer belongs to its own order"


def test_two_people_stand_for_it_and_only_while_it_lasts(secret: Street) -> None:
    made = order(secret, approved=False)
    anna, eric = secret.town["anna"], secret.town["eric"]
    with pytest.raises(Refusal):
        look_in_secret(secret, made)
    for actor, subject in ((ADA, anna), (BOB, eric), (BOB, None)):
        with pytest.raises(Refusal):
            secrecy.approve_order(order=made, subject=subject, actor=actor, now=secret.now)
    with pytest.raises(NotFound):
        secrecy.approve_order(order=made, subject=anna, actor=HOMES, now=secret.now)
    assert not Entry.objects.filter(action="lookup").exists()
    secrecy.approve_order(order=made, subject=anna, actor=BOB, now=secret.now)
    look_in_secret(secret, made)
    for wrong in ({"name": "eric"}, {"actor": HOMES}):
        with pytest.raises(NotFound):
            look_in_secret(secret, made, **wrong)
    secret.now += 31 * DAY
    with pytest.raises(Refusal):
        look_in_secret(secret, made)
    for step in (
        lambda: secrecy.end_order(order=made, actor=ADA, now=secret.now),
        lambda: secrecy.extend_order(city=CITY, order=made, until=LAST, why="x", actor=ADA, now=secret.now),
        lambda: secrecy.approve_order(order=made, subject=anna, actor=BOB, now=secret.now),
    ):
        with pytest.raises(Refusal):
            step()
    assert SecretLook.objects.count() == 1


def test_the_database_itself_wants_two_people(secret: Street) -> None:
    from django.db import IntegrityError, transaction

    order(secret, approved=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        SecrecyTerm.objects.update(approved_at=secret.now, approved_by=ADA.id)


def test_an_extension_is_approved_anew_and_then_counts(secret: Street) -> None:
    made = order(secret)
    look_in_secret(secret, made)
    secret.now += 20 * DAY
    later = LAST + datetime.timedelta(days=40)
    secrecy.extend_order(city=CITY, order=made, until=later, why="还会惊动", actor=BOB, now=secret.now)
    with pytest.raises(Refusal):
        secrecy.extend_order(city=CITY, order=made, until=later, why="再来", actor=BOB, now=secret.now)
    with pytest.raises(Refusal):
        secrecy.approve_order(order=made, subject=secret.town["anna"], actor=BOB, now=secret.now)
    assert SecrecyOrder.objects.get().until == LAST, "asking alone keeps nothing secret for longer"
    secrecy.approve_order(order=made, subject=secret.town["anna"], actor=ADA, now=secret.now)
    secret.now += 20 * DAY
    assert "依法保密的查询" not in seen(secret.as_("anna").get(reverse("evidence:my_data")))
    secret.now += 40 * DAY
    assert "依法保密的查询" in seen(secret.as_("anna").get(reverse("evidence:my_data")))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"basis": "nothing"}, "basis"),
        ({"actor": HOMES}, "basis"),
        ({"reference": " "}, "reference"),
        ({"why": ""}, "why"),
        ({"why": "x" * 201}, "why"),
        ({"until": None}, "until"),
        ({"until": NOW.date() - DAY}, "until"),
        ({"until": datetime.date(2026, 6, 3)}, "until"),
    ],
)
def test_what_is_missing_or_too_long_is_said(secret: Street, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        order(secret, approved=False, **more)
    assert refused.value.field == field
    assert not SecrecyOrder.objects.exists()
    order(secret, approved=False, until=datetime.date(2026, 6, 2))


def test_asking_in_secret_leaves_no_trace_at_a_source(secret: Street) -> None:
    """An answer that was fetched would be kept, and its day shown to the person: only what is held is asked."""
    made, sources = order(secret), []

    def note(execute: Any, statement: Any, *more: Any) -> Any:
        sources.append(str(statement))
        return execute(statement, *more)

    with connection.execute_wrapper(note):
        look_in_secret(secret, made)
    assert not [each for each in sources if "centre_fetched" in each]
    assert not Entry.objects.filter(action="reveal").exists()


def test_the_pages_from_asking_to_ending(secret: Street) -> None:
    ada, bob, number = secret.as_("civil"), secret.as_("bob"), secret.town.numbers["anna"]
    desk, form = reverse("evidence:secrecy"), reverse("evidence:secrecy_open")
    assert "还没有保密令" in seen(ada.get(desk))
    typed = {"basis": "homes-3", "reference": "桥公1号", "why": "会惊动", "until": LAST.isoformat(), "number": number}
    wrong = ada.post(form, {**typed, "until": "bald"})
    assert wrong.status_code == 422 and "到期日应当" in seen(wrong) and number not in wrong.content.decode()
    assert ada.post(form, {**typed, "number": "330782198005170099"}).status_code == 422
    made = ada.post(form, typed)["Location"]
    assert "请本部门另一个人" in seen(ada.get(made))
    refused = ada.post(made + "approve/", {"number": number}, follow=True)
    assert "不能自己批准" in seen(refused)
    refused = bob.post(made + "approve/", {"number": secret.town.numbers["eric"]}, follow=True)
    assert "不是同一个人" in seen(refused)
    assert "生效中" in seen(bob.post(made + "approve/", {"number": number}, follow=True))
    answered = ada.post(made + "ask/", {"asked": "home:no-debt"}, follow=True)
    assert "符合" in seen(answered) and "只显示这一次" in seen(answered)
    assert "符合" not in seen(ada.get(made))
    assert "不需要知道" in seen(ada.post(made + "ask/", {"asked": "home:may-commit"}, follow=True))
    later = {"until": (LAST + DAY).isoformat(), "why": "还会"}
    assert "等另一个人批准" in seen(ada.post(made + "extend/", later, follow=True))
    assert "延长在等批准" in seen(ada.get(desk))
    assert "已结束" in seen(bob.post(made + "end/", follow=True))
    for client in (ada, bob):
        for address in (desk, form, made):
            shown = client.get(address).content.decode()
            assert number not in shown and str(secret.town["anna"]) not in shown
    ada.cookies["django_language"] = "en"
    assert "Ended" in seen(ada.get(made))


def test_for_others_there_is_nothing(secret: Street) -> None:
    made = order(secret)
    homes = secret.as_("homes")
    for name in ("secrecy", "secrecy_open"):
        assert homes.get(reverse(f"evidence:{name}")).status_code == 404
    for name in ("secrecy_order", "secrecy_approve", "secrecy_extend", "secrecy_end", "secrecy_ask"):
        address = reverse(f"evidence:{name}", args=[made])
        method = homes.get if name == "secrecy_order" else homes.post
        assert method(address).status_code == 404, name
    assert SecrecyOrder.objects.get().ended_at is None
    desk = reverse("evidence:secrecy")
    assert f'href="{desk}"' not in homes.get("/department/").content.decode()
    assert f'href="{desk}"' in secret.as_("civil").get("/department/").content.decode()


def test_the_list_costs_the_same_with_many(secret: Street, django_assert_num_queries: Any) -> None:
    from django.test.utils import CaptureQueriesContext

    order(secret)
    civil = secret.as_("civil")
    civil.get(reverse("evidence:secrecy"))
    with CaptureQueriesContext(connection) as one:
        civil.get(reverse("evidence:secrecy"))
    for name in ("ben", "carl", "dora", "eric"):
        look_in_secret(secret, order(secret, name), name)
    with CaptureQueriesContext(connection) as many:
        civil.get(reverse("evidence:secrecy"))
    assert len(one) == len(many)


def test_the_public_count_is_of_quarters_that_are_over_and_tells_no_small_number(secret: Street) -> None:
    address = reverse("evidence:secret_looks")
    for name in ("anna", "ben", "carl", "dora", "eric"):
        made = order(secret, name)
        look_in_secret(secret, made, name)
    public = secret.as_(None)
    assert "还没有可以公布的季度" in seen(public.get(address)), "a count that grows daily tells of one order"
    secret.now += 40 * DAY
    text = seen(public.get(address))
    assert (
        "2026 年第 1 季度 部门和依据 生效的保密令 查询次数 结束、已告诉本人 平均保密几天 石桥市民政局 石桥住房条例 第三条 5 5 0 -"
        in text
    )
    order(secret, "anna", until=secret.now.date())
    secret.now += 90 * DAY
    text = seen(public.get(address))
    assert "2026 年第 2 季度" in text
    assert "石桥住房条例 第三条 少于 5 0" in text
    for each in secret.town.subjects.values():
        assert str(each) not in public.get(address).content.decode()
