"""The right to ask as people see it: asked for, answered by each office on its own list, used, raised, renewed, ended; keys."""

import base64
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mianzheng.audit.models import Entry
from mianzheng.gateway.actions import passing, raising, terms
from mianzheng.gateway.models import AskerClient, AskerKey, Grant, GrantDay, RaiseRequest
from mianzheng.gateway.queries.grants import holds_one
from mianzheng.gateway.queries.standing import in_force
from mianzheng.gateway.rules.keys import digest
from tests.pages.street import Street, seen, street
from tests.second_city.asking import DUTY, DUTY_CALL, LENDER, WATER, WATER_CALL, ask, decide, granted
from tests.second_city.life import DAY, NOW
from tests.second_city.reading import CITY

__all__ = ["street"]

TODAY = NOW.date()
FORM = "/window/grants/new/?matter=loan&fact=no-debt"
WISH = {
    "param_limit": "100",
    "purpose": "贷款审批时核对",
    "daily": "10",
    "from_day": TODAY.isoformat(),
    "until_day": (TODAY + 300 * DAY).isoformat(),
    "liability": "yes",
}


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:500]
    return seen(answer)


def sent(client: Client, address: str, **typed: Any) -> str:
    """Post a form and return the page one ends on."""
    answer = client.post(address, typed, follow=True)
    assert answer.status_code == 200 and answer.redirect_chain
    return seen(answer)


def test_a_bank_asks_the_source_agrees_the_centre_reviews_and_all_of_them_see_it(street: Street) -> None:
    bank, homes, duty = street.as_("lender"), street.as_("homes"), street.as_("duty")
    assert "还没有这样的授权" in page(bank, "/window/grants/")
    assert "贷款" in page(bank, "/window/grants/new/")
    assert "没有欠款" in page(bank, "/window/grants/new/?matter=loan")
    picked = page(bank, "/window/grants/new/?matter=card")
    assert "是个人信用类信息，不向金融机构提供" in picked
    assert "石桥征信条例" in picked and "失信记录" in picked, "what cannot be granted is listed, with why"
    form = page(bank, FORM)
    assert "只用于写明的事项。" in form, "the clause is shown in full"
    assert "石桥市住房局" in form and "法定职责" not in form
    told = sent(bank, FORM, **WISH)
    assert "等答复" in told and "由石桥市住房局答复，最迟 3月4日(周三)" in told
    made = Grant.objects.get()
    assert (made.ground, made.params, made.asker) == ("consent", {"limit": 100}, "lender")

    assert "要答复的 1" in page(homes, "/department/grants/")
    mine = f"/window/grants/{made.id}/"
    assert "同意文件的文号" in page(homes, mine)
    step = f"{mine}steps/{made.steps.get(number=1).id}/"
    assert "同意要有书面文件" in sent(homes, step, approved="yes", note="只返回结论")
    assert "转数据管理中心审核" in sent(homes, step, approved="yes", note="只返回结论", document="桥住〔2026〕1号")
    assert "已经答复过" in sent(homes, step, approved="no", note="晚了")
    assert "要答复的 0" in page(homes, "/department/grants/")
    assert "没有欠款" in page(homes, "/department/grants/?show=done")

    assert "要审核 1" in page(duty, "/centre/grants/")
    assert "同意文件的文号" not in page(duty, mine)
    step = f"{mine}steps/{made.steps.get(number=2).id}/"
    assert "授权生效" in sent(duty, step, approved="yes", note="同意")
    told = page(bank, mine)
    assert "有效" in told and "桥住〔2026〕1号" in told and "今天已用 0，还剩 10，共 10" in told
    assert "最近 30 天的使用" in told
    assert "已有授权或申请" in page(bank, "/window/grants/new/?matter=loan")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"daily": "many"}, "每日次数应当是整数"),
        ({"until_day": "soon"}, "日期没有写对"),
        ({"param_limit": "much"}, "填的不是它要的那种值"),
        ({"liability": ""}, "没有接受责任条款"),
        ({"purpose": ""}, "用途"),
        ({"ground": "duty", "basis": "homes-3"}, "不能以法定职责查询"),
    ],
)
def test_what_was_typed_stays_where_something_is_missing(street: Street, more: dict[str, str], said: str) -> None:
    answer = street.as_("lender").post(FORM, {**WISH, **more})
    assert answer.status_code == 422
    assert said in seen(answer)
    text = answer.content.decode()
    if "purpose" not in more:
        assert "贷款审批时核对" in text
    assert not Grant.objects.exists()


def test_a_department_names_its_article_and_a_service_body_chooses(street: Street) -> None:
    form = page(street.as_("civil"), "/window/grants/new/?matter=bus&fact=no-debt")
    assert "法定职责：平台告知当事人" in form and "石桥住房条例 第三条" in form
    wish = {**WISH, "basis": "homes-3"}
    assert "等答复" in sent(street.as_("civil"), "/window/grants/new/?matter=bus&fact=no-debt", **wish)
    assert Grant.objects.get().ground == "duty"
    assert "本人同意：每次查询前取得" in page(street.as_("water"), "/window/grants/new/?matter=pipe&fact=no-debt")


def test_nothing_is_typed_twice(street: Street) -> None:
    """Content is copied from one's own grant, ended ones too, and the content alone from others of the same kind."""
    bank, water = street.as_("lender"), street.as_("water")
    own = ask()
    decide(own, approved=False)
    copied = bank.get(f"/window/grants/new/?copy={own}").content.decode()
    assert 'value="100"' in copied and "贷款审批时核对是否欠缴" in copied
    others = granted(asker="saver", purpose="储户贷款")
    assert "同类单位的授权" in page(bank, FORM)
    copied = bank.get(f"{FORM}&copy={others.id}").content.decode()
    assert 'value="100"' in copied and "储户贷款" not in copied
    sent(bank, f"{FORM}&copy={others.id}", **WISH)
    assert Grant.objects.get(asker="lender", stage="asked").copied_from == others.id
    for address in (f"{FORM}&copy={granted(WATER_CALL).id}", f"{FORM}&copy=nothing"):
        assert bank.get(address).status_code == 404
    assert water.get(f"/window/grants/new/?copy={others.id}").status_code == 404


def test_an_asker_reads_what_will_bite_before_it_does(street: Street) -> None:
    bank = street.as_("lender")
    near = granted(until_day=TODAY + 20 * DAY)
    GrantDay.objects.create(grant=near.id, day=TODAY, answered=8, unknown=2)
    ask(fact="married", params={})
    told = page(bank, "/window/grants/")
    assert "今天已用 8 次，共 10 次" in told
    assert "3月22日(周日) 到期，现在可以续期" in told
    change = {"daily": "4", "day": "2026-03-10", "why": "系统升级"}
    assert "已公告" in sent(street.as_("duty"), f"/window/grants/{near.id}/change/", **change)
    assert "从 3月10日(周二) 起每日 4 次：系统升级" in page(bank, "/window/grants/")
    early = sent(street.as_("duty"), f"/window/grants/{near.id}/change/", daily="3", day="2026-03-04", why="x")
    assert "减少次数要提前公告，最早从 3月10日(周二) 起" in early
    for wrong in ({"daily": "x"}, {"day": "x"}):
        assert "次数请写整数" in sent(street.as_("duty"), f"/window/grants/{near.id}/change/", **{**change, **wrong})
    street.later(minutes=4 * 24 * 60)
    bank = street.as_("lender")
    assert "石桥市民政局应当在 3月4日(周三) 前答复，还没有答复" in page(bank, "/window/grants/")
    assert "逾期 1" in page(street.as_("duty"), "/centre/grants/")
    assert "今天到期或已逾期" in page(street.as_("civil"), "/department/grants/")
    street.later(minutes=20 * 24 * 60)
    bank = street.as_("lender")
    passing.lapse(city=CITY, now=street.now)
    assert "石桥市民政局一直没有答复，申请已经结束" in page(bank, "/window/grants/")


def test_more_is_asked_for_renewed_and_ended_on_the_page(street: Street) -> None:
    bank, duty = street.as_("lender"), street.as_("duty")
    grant = granted(until_day=TODAY + 20 * DAY)
    mine = f"/window/grants/{grant.id}/"
    assert "每日次数应当在 11 到 10000 之间" in sent(bank, f"{mine}more/", daily="x", why="年底")
    assert "从 10 调到 30" in sent(bank, f"{mine}more/", daily="30", why="年底")
    assert "调高申请已撤回" in sent(bank, f"{mine}more/", withdraw="yes")
    sent(bank, f"{mine}more/", daily="30", why="年底")
    assert "要调高 1" in page(duty, "/centre/grants/?show=more")
    assert "今天起生效" in sent(duty, f"{mine}more/answer/", approved="yes", answer="同意")
    assert "还剩 30，共 30" in page(bank, mine)
    assert "没有接受责任条款" in sent(bank, f"{mine}renew/")
    assert "续自" in sent(bank, f"{mine}renew/", liability="yes")
    following = Grant.objects.get(renews=grant.id)
    assert "申请已撤回" in sent(bank, f"/window/grants/{following.id}/withdraw/")
    assert "授权已结束" in sent(bank, f"{mine}end/")
    assert "已自行结束" in page(bank, mine)
    other = granted(fact="married", params={})
    assert "请写明发现了什么滥用" in sent(duty, f"/window/grants/{other.id}/revoke/", why="")
    assert "已收回" in sent(duty, f"/window/grants/{other.id}/revoke/", why="用于别的事项")
    assert "用于别的事项" in page(bank, f"/window/grants/{other.id}/")


def test_nobody_is_offered_to_answer_what_they_asked_for(street: Street) -> None:
    """One account may ask for its department and review at the data centre."""
    duty, me, own = (
        street.as_("duty"),
        str(street.accounts["duty"].id),
        "这是您自己提出的申请，不能由您答复。 请让别的同事答复。",
    )
    made = ask(WATER_CALL)
    mine = f"/window/grants/{made}/"
    told = page(duty, mine)
    assert "理由和要求" in told and own not in told
    Grant.objects.filter(id=made).update(asked_by=me)
    told = page(duty, mine)
    assert "理由和要求" not in told and "由数据管理中心答复" in told and own in told
    decide(made)
    raising.ask_for_more(city=CITY, grant=made, daily=30, why="年底", actor=WATER, now=NOW)
    told = page(duty, mine)
    assert "理由和要求" in told and own not in told
    RaiseRequest.objects.update(asked_by=me)
    told = page(duty, mine)
    assert "理由和要求" not in told and "从 10 调到 30" in told and own in told


def test_what_is_announced_to_end_is_not_offered_for_renewal(street: Street) -> None:
    bank, grant = street.as_("lender"), granted(until_day=TODAY + 20 * DAY)
    mine = f"/window/grants/{grant.id}/"
    assert "现在可以续期" in page(bank, "/window/grants/") and "申请续期" in page(bank, mine)
    notice = {"daily": "0", "day": "2026-03-10", "why": "系统下线"}
    assert "已公告" in sent(street.as_("duty"), f"{mine}change/", **notice)
    told = page(bank, mine)
    assert "申请续期" not in told and "这份授权已经公告收回，不能续期。" in told
    for top in (told, page(bank, "/window/grants/")):
        assert "现在可以续期" not in top and "3月10日(周二) 起收回：系统下线" in top


def test_the_centre_filters_and_lists_cost_the_same(street: Street, django_assert_max_num_queries: Any) -> None:
    granted()
    granted(DUTY_CALL)
    duty = street.as_("duty")
    shown = duty.get("/centre/grants/?show=in_force&asker=civil").content.decode()
    assert len(re.findall("<tr data-row>", shown)) == 1
    bank = street.as_("lender")
    granted(fact="married", params={})
    granted(fact="works", params={})
    with django_assert_max_num_queries(23):
        duty.get("/centre/grants/?show=in_force")
    with django_assert_max_num_queries(23):
        bank.get("/window/grants/")


@pytest.mark.parametrize("address", ["/window/grants/", "/window/grants/new/?matter=loan", FORM, "/window/keys/"])
def test_pages_speak_english_throughout(street: Street, address: str) -> None:
    granted(fact="married", params={}, purpose="home loan")
    bank = street.as_("lender")
    bank.cookies["django_language"] = "en"
    text = page(bank, address)
    left = re.findall(r"[\u4e00-\u9fff]+", text)
    assert set(left) <= {"中文"}, left


# --- keys ---------------------------------------------------------------------------------------------------------------


def shown_secret(answer: Any, id: str = "secret") -> str:
    found = re.search(rf'id="{id}">([^<]+)<', answer.content.decode())
    assert found, answer.content.decode()[:2000]
    return found[1]


def test_a_key_is_made_shown_once_replaced_and_ended(street: Street) -> None:
    bank = street.as_("lender")
    assert "还没有密钥" in page(bank, "/window/keys/")
    made = {"what": "key", "name": "信贷系统", "scopes": ["verify"], "until": (TODAY + 90 * DAY).isoformat()}
    answer = bank.post("/window/keys/", made)
    assert answer.headers["Cache-Control"] == "no-store"
    secret = shown_secret(answer)
    assert digest(secret) in in_force(TODAY).keys
    assert secret not in bank.get("/window/keys/").content.decode()
    row = AskerKey.objects.get()
    follows = shown_secret(bank.post(f"/window/keys/{row.id}/rotate/"))
    assert {digest(secret), digest(follows)} <= set(in_force(TODAY).keys)
    assert bank.get(f"/window/keys/{row.id}/rotate/").status_code == 405
    assert "密钥已作废" in sent(bank, f"/window/keys/{row.id}/end/")
    assert set(in_force(TODAY).keys) == {digest(follows)}
    assert "不能更换" in sent(bank, f"/window/keys/{row.id}/rotate/")
    assert "日期没有写对" in sent(bank, "/window/keys/", **{**made, "until": "x"})
    assert "没有写明哪个系统" in seen(bank.post("/window/keys/", {**made, "name": ""}, follow=True))
    assert Entry.objects.filter(action__in=["make_key", "end_key"]).count() == 3


def test_a_client_is_made_and_what_the_page_says_fetches_a_token(street: Street) -> None:
    water = street.as_("water")
    made = {
        "what": "client",
        "name": "营业系统",
        "scopes": ["verify", "verify:batch"],
        "until": (TODAY + DAY).isoformat(),
    }
    answer = water.post("/window/keys/", made)
    name, secret = shown_secret(answer, "client"), shown_secret(answer)
    text = answer.content.decode()
    assert f"{name}:$SECRET" in text and "http://testserver/identity/token" in text
    basic = base64.b64encode(f"{name}:{secret}".encode()).decode()
    told = Client().post(
        "/identity/token", {"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"}
    )
    assert told.json()["token_type"].lower() == "bearer"
    row = AskerClient.objects.get()
    assert "令牌同时失效" in sent(water, f"/window/keys/clients/{row.id}/end/")
    assert in_force(TODAY).clients == {}


def test_a_revocation_for_misuse_is_named_on_top_with_its_reason_for_thirty_days(street: Street) -> None:
    grant = granted(WATER_CALL)
    terms.revoke(city=CITY, grant=grant.id, why="结论用于催缴", actor=DUTY, now=street.now)
    for days in (0, 30):
        street.now = NOW + days * DAY
        top = street.as_("water").get("/window/grants/").context["notices"]
        assert [(each.tone, each.row.grant.id) for each in top] == [("stop", grant.id)], days
        told = page(street.as_("water"), "/window/grants/")
        assert "3月2日(周一) 已收回，不能再用：结论用于催缴" in told
        assert "已收回，不能再用" in page(street.as_("water"), f"/window/grants/{grant.id}/")
    street.now = NOW + 31 * DAY
    assert not street.as_("water").get("/window/grants/").context["notices"]


def test_a_request_that_was_refused_or_closed_is_named_on_top_with_its_reason_for_thirty_days(street: Street) -> None:
    grant = granted(until_day=TODAY + 20 * DAY)
    made = terms.renew(city=CITY, grant=grant.id, liability=True, actor=LENDER, now=NOW)
    first = ask(WATER_CALL)
    decide(first, approved=False, note="用途没有写清楚")
    terms.change_allowance(
        city=CITY, grant=grant.id, daily=0, day=TODAY + 8 * DAY, why="系统下线", actor=DUTY, now=street.now
    )
    for days in (0, 30):
        street.now = NOW + days * DAY
        assert "续期申请 3月2日(周一) 未获同意：系统下线" in page(street.as_("lender"), "/window/grants/")
        assert "3月2日(周一) 未获同意，申请已经结束：用途没有写清楚" in page(street.as_("water"), "/window/grants/")
        top = street.as_("lender").get("/window/grants/").context["notices"]
        assert ("stop", made) in [(each.tone, each.row.grant.id) for each in top]
    street.now = NOW + 31 * DAY
    for name in ("lender", "water"):
        assert "未获同意" not in page(street.as_(name), "/window/grants/")


def test_a_department_that_holds_a_grant_finds_the_window(street: Street, django_assert_num_queries: Any) -> None:
    ways = {name: f'href="{reverse(f"gateway:{name}")}"' for name in ("window", "lists", "sealed", "consents")}

    def found(name: str) -> set[str]:
        desk = "/window/grants/" if name == "water" else "/department/"
        html = street.as_(name).get(desk).content.decode()
        return {each for each, link in ways.items() if link in html}

    assert found("civil") == found("homes") == set()
    assert found("water") == set(ways), "a body that asks had it all along"
    grant = granted(DUTY_CALL)
    assert found("civil") == {"window", "lists", "sealed"} and found("homes") == set()
    with django_assert_num_queries(1):
        assert holds_one("civil", today=TODAY)
    for address in ("window", "lists", "sealed"):
        page(street.as_("civil"), reverse(f"gateway:{address}"))
    assert not holds_one("civil", today=grant.until_day + DAY) and not holds_one("civil", today=TODAY - DAY)
    terms.revoke(city=CITY, grant=grant.id, why="用于别的事项", actor=DUTY, now=street.now)
    assert found("civil") == set()
