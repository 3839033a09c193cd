"""征求意见 on pages: the reform office asks and settles, offices answer, a bank signs and prints."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mianzheng.common.reasons import Reason, packed
from mianzheng.reform.actions.consulting import ask, escalate
from mianzheng.reform.models import Candidate, Opinion
from mianzheng.reform.rules.states import Stage
from tests.pages.street import Street, seen, street
from tests.reformed import REFORMER, candidate
from tests.second_city.life import DAY, NOW
from tests.second_city.reading import CITY

__all__ = ["street"]

LIST, ASK, DESK = reverse("reform:consultation"), reverse("reform:consultation_ask"), reverse("reform:opinions")
BANK = {"demander": "lender", "demander_kind": "finance", "issuer": "civil", "stage": Stage.DECIDED}


def decided(**said: Any) -> Candidate:
    return candidate(**{"issuer": "water", "stage": Stage.DECIDED, **said})


def asked(*found: Candidate) -> None:
    ask(city=CITY, candidates=[each.id for each in found], actor=REFORMER, now=NOW)


def of(found: Candidate, office: str) -> Opinion:
    return Opinion.objects.get(candidate=found, office=office, past=False)


def test_the_reform_office_asks_office_by_office(street: Street):
    ours, theirs, nobodys = decided(), decided(**BANK), decided(demander="", demander_kind="outside")
    client = street.as_("reform")
    page = client.get(LIST)
    assert "石桥市住房局 1 项，一年 100 份" in seen(page) and "石桥银行" in seen(page)
    assert "不知道是哪个单位要它" in seen(page)
    assert "要征求的 3" in seen(page)
    client.post(ASK, {"office": "homes"})
    assert Candidate.objects.get(id=ours.id).stage == Stage.ASKED
    assert Candidate.objects.get(id=theirs.id).stage == Stage.DECIDED
    nothing = client.post(ASK, {}, follow=True)
    assert "还没有选证明" in seen(nothing)
    assert "已向 2 个单位征求意见" in seen(client.post(ASK, {"all": "yes"}, follow=True))
    assert Candidate.objects.get(id=nobodys.id).stage == Stage.DECIDED
    shown = seen(client.get(LIST + "?show=open"))
    assert ours.name in shown and theirs.name in shown
    assert "石桥市民政局 2 2 0" in shown


def test_an_office_reads_why_and_agrees_to_many_at_once(street: Street):
    why = packed(Reason("没有人说出依据。"))
    found = [
        decided(proposal={"disposal": "cancel", "why": why, "classes": [["no_basis", why]], "missing": []}),
        decided(),
    ]
    asked(*found)
    client = street.as_("homes")
    page = client.get(DESK)
    assert "要答复的 2" in seen(page) and "没有人说出依据。" in seen(page) and "直接取消" in seen(page)
    client.post(reverse("reform:opinions_agree"), {"opinion": str(of(found[0], "homes").id)})
    assert "要答复的 1" in seen(client.get(DESK))
    ids = [str(of(each, "civil").id) for each in found]
    assert "已同意 2 项" in seen(
        street.as_("civil").post(reverse("reform:opinions_agree"), {"shown": ids, "all": "yes"}, follow=True)
    )
    assert "没有要答复的" in seen(street.as_("civil").get(DESK))
    assert "同意这样办" in seen(street.as_("civil").get(DESK + "?show=said"))
    assert client.post(reverse("reform:opinions_agree"), {"opinion": ids}).status_code == 404


def test_an_objection_is_read_and_settled_side_by_side(street: Street):
    found = decided(fact="works")
    asked(found)
    homes, reform = street.as_("homes"), street.as_("reform")
    opinion = of(found, "homes")
    say, page = reverse("reform:opinion_say", args=[opinion.id]), reverse("reform:opinion", args=[opinion.id])
    empty = homes.post(say, {"says": "object", "words": ""})
    assert empty.status_code == 200 and "请写明为什么" in seen(empty)
    homes.post(say, {"says": "counter", "words": "本人承诺就够", "disposal": "commitment"})
    assert "另提办法 ：个人承诺" in seen(homes.get(page))
    one, settle = (reverse(f"reform:consultation_{name}", args=[found.id]) for name in ("one", "settle"))
    assert found.name in seen(reform.get(LIST + "?show=disputed"))
    shown = seen(reform.get(one))
    assert "本人承诺就够" in shown and "还有单位没有答复" in shown
    early = reform.post(settle, {"why": "写好的理由", "disposal": ""})
    assert early.status_code == 200 and "写好的理由" in early.content.decode()
    assert reform.post(settle, {"why": "采纳住房局的意见", "disposal": "commitment"}).status_code == 302
    assert "采纳住房局的意见" in seen(homes.get(page)) and "会重新征求" in seen(homes.get(page))
    assert "上一次征求" in seen(reform.get(one)) and "要征求的 1" in seen(reform.get(LIST))


def test_silence_stands_out_and_may_be_settled_after_the_second_period(street: Street):
    found = decided()
    asked(found)
    due = 'class="due"'
    assert due not in street.as_("homes").get(DESK).content.decode()
    street.now = NOW + DAY * 9
    assert due in street.as_("homes").get(DESK).content.decode()
    assert "已逾期" in seen(street.as_("homes").get(DESK))
    escalate(city=CITY, now=street.now)
    assert due not in street.as_("homes").get(DESK).content.decode()
    assert due in street.as_("chief").get(DESK).content.decode() and "已催办" in seen(street.as_("chief").get(DESK))
    reform = street.as_("reform")
    assert due not in reform.get(LIST).content.decode()
    street.now = NOW + DAY * 30
    reform = street.as_("reform")  # the session of that day has ended
    assert due in reform.get(LIST).content.decode()
    assert found.name in seen(reform.get(LIST + "?show=silent"))
    done = {"why": "催办后仍未答复", "disposal": found.disposal}
    none = reform.post(reverse("reform:consultation_settle", args=[found.id]), {"why": "催办后仍未答复"})
    assert "还没有选怎样定" in seen(none)
    reform.post(reverse("reform:consultation_settle", args=[found.id]), done)
    assert Candidate.objects.get(id=found.id).stage == Stage.AGREED
    assert "催办后仍未答复" in seen(street.as_("homes").get(reverse("reform:opinion", args=[of(found, "homes").id])))


def test_a_bank_reads_signs_and_prints(street: Street):
    found = [decided(**BANK), decided(**BANK)]
    asked(*found)
    client = street.as_("lender")
    assert "有 2 项要签承诺书" in seen(client.get(DESK))
    sheet = reverse("reform:undertaking")
    page = client.get(sheet)
    assert "本单位不再索要上面列出的证明" in seen(page) and "2 项证明" in seen(page)
    only = client.get(sheet, {"opinion": of(found[0], "lender").id})
    assert "1 项证明" in seen(only) and found[1].name not in seen(only)
    ids = [str(of(each, "lender").id) for each in found]
    assert "还没有勾选承诺" in seen(client.post(reverse("reform:undertaking_sign"), {"shown": ids}))
    done = client.post(reverse("reform:undertaking_sign"), {"shown": ids, "accepted": "yes"}, follow=True)
    assert "石桥银行已在平台上签署" in seen(done) and "undertaking-1" in done.request["PATH_INFO"]
    assert "没有要签的" in seen(client.get(sheet))
    assert "打印签过的承诺书" in seen(client.get(DESK + "?show=said"))
    assert street.as_("water").get(done.request["PATH_INFO"]).status_code == 404
    assert street.as_("water").post(reverse("reform:undertaking_sign"), {"shown": ids}).status_code == 404


def test_a_letter_is_written_down_for_a_body_without_an_account(street: Street):
    found = decided(**{**BANK, "demander": "saver"})
    asked(found)
    reform, opinion = street.as_("reform"), of(found, "saver")
    one = reverse("reform:consultation_one", args=[found.id])
    assert "打印承诺书寄去" in seen(reform.get(one))
    assert found.name in seen(reform.get(reverse("reform:consultation_undertaking", args=["saver"])))
    letter = reverse("reform:consultation_letter", args=[opinion.id])
    assert "请写明来函的文号" in seen(reform.post(letter, {"says": "agree"}, follow=True))
    shown = seen(reform.post(letter, {"says": "agree", "letter": "桥储函〔2026〕1号"}, follow=True))
    assert "来函 桥储函〔2026〕1号" in shown and "已签 undertaking-1" in shown


@pytest.mark.parametrize(("who", "path"), [("reform", LIST), ("reform", LIST + "?show=open"), ("civil", DESK)])
def test_a_page_takes_as_many_queries_however_long(street: Street, who: str, path: str):
    client = street.as_(who)

    def many() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(path).status_code == 200
        return len(found)

    first = [decided(), decided(**BANK)]
    if "open" in path or who == "civil":
        asked(*first)
    many()  # the first look reads the city
    before = many()
    more = [decided(demander=code) for code in ("homes", "water", "civil") for _ in range(5)]
    if "open" in path or who == "civil":
        asked(*more)
    assert many() == before
