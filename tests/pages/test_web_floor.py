"""The floor the pages stand on: words, the clock, who may open what, jobs."""

import datetime
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import Http404, HttpResponse
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from mianzheng.common.errors import Refusal
from mianzheng.common.identifiers import check_ric
from mianzheng.common.reasons import Reason
from mianzheng.common.texts import Text
from mianzheng.people.models import Account
from mianzheng.web import access, clock, jobs
from mianzheng.web.ids import uuid7, uuid7s
from mianzheng.web.words import day, full_day, full_moment, moment, say, workdays_left

NOV_25 = datetime.date(2026, 11, 25)


@pytest.fixture(autouse=True)
def home(settings, tmp_path, monkeypatch):
    settings.MIANZHENG_HOME = tmp_path
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime.datetime(2026, 11, 23, 1, tzinfo=datetime.UTC))


def test_reasons_are_said_in_the_readers_language():
    said = Reason("%(what)s到%(due)s为止。", {"what": Text("核查", "The check"), "due": NOV_25})
    with translation.override("zh-hans"):
        assert say(said) == "核查到11月25日(周三)为止。"
    with translation.override("en"):
        assert say(Text("核查", "The check")) == "The check"
        assert say(Text("核查")) == "核查"
    assert say(None) == say("") == say(Reason("")) == ""


def test_a_refusal_speaks_english():
    with pytest.raises(Refusal) as refused:
        check_ric("1")
    with translation.override("en"):
        assert say(refused.value.what) == "An ID number has 18 characters; this one has 1."


def test_dates():
    late = datetime.datetime(2026, 11, 25, 6, 30, tzinfo=datetime.UTC)
    january = datetime.date(2027, 1, 4)
    with translation.override("zh-hans"):
        assert (day(NOV_25), day(january)) == ("11月25日(周三)", "2027年1月4日(周一)")
        assert moment(late) == "11月25日(周三) 14:30"
        assert [workdays_left(n) for n in (2, 0, -1)] == ["还剩 2 个工作日", "今天到期", "已超过 1 个工作日"]
        assert workdays_left(NOV_25) == "还剩 2 个工作日"
    with translation.override("en"):
        assert (day(NOV_25), day(january), moment(late)) == ("Wed 25 Nov", "Mon 4 Jan 2027", "Wed 25 Nov 14:30")
        assert [workdays_left(n) for n in (2, 1, 0)] == ["2 working days left", "1 working day left", "due today"]
        assert workdays_left(-3) == "3 working days overdue"


def test_dates_on_paper_carry_the_year():
    late = datetime.datetime(2026, 11, 25, 6, 30, tzinfo=datetime.UTC)
    with translation.override("zh-hans"):
        assert (full_day(NOV_25), full_moment(late)) == ("2026年11月25日(周三)", "2026年11月25日(周三) 14:30")
    with translation.override("en"):
        assert (full_day(NOV_25), full_moment(late)) == ("Wed 25 Nov 2026", "Wed 25 Nov 2026 14:30")
    assert full_day(None) == full_moment(None) == ""
    assert full_day(late) == full_day(NOV_25)


def test_the_badge_says_its_way_in_words_and_no_text_becomes_markup():
    page = Template("{% load ui %}{% way_badge way %}{% verdict 'unknown' %}{{ name|words }}")
    with translation.override("zh-hans"):
        html = page.render(Context({"way": "data", "name": Text("<b>")}))
    assert 'class="way-badge way way-data"' in html and "数据" in html
    assert 'class="verdict verdict-unknown"' in html and "暂不能确定" in html
    assert "&lt;b&gt;" in html


def test_the_demos_clock_moves_forward_for_every_process():
    before = clock.now()
    assert (clock.shift(1), clock.shift(2)) == (1, 3)
    assert clock.now() - before == datetime.timedelta(days=3)
    with pytest.raises(ValueError, match="forward"):
        clock.shift(-1)
    clock.reset()
    assert clock.now() == before


def test_ids_sort_by_when_they_were_made():
    made = [uuid7(), *uuid7s(5000), uuid7(), *uuid7s(0), *uuid7s(3), *(uuid7() for _ in range(5000))]
    assert len(made) == 10_005
    assert made == sorted(set(made))
    assert {each.version for each in made} == {7} and {each.variant for each in made} == {uuid.RFC_4122}


def ask(view, *roles, signed=True):
    request = RequestFactory().get("/x/?a=1")
    request.user = Account(username="x", roles=list(roles)) if signed else AnonymousUser()
    return view(request)


def page(request):
    return HttpResponse("seen")


def test_who_may_open_what():
    assert ask(access.public(page), signed=False).content == b"seen"
    assert ask(access.signed_in(page)).content == b"seen"
    assert ask(access.allow("officer", "agent")(page), "agent").content == b"seen"
    sent = ask(access.allow("resident")(page), signed=False)
    assert (sent.status_code, sent.url) == (302, "/sign-in/?next=/x/%3Fa%3D1")
    with pytest.raises(access.Forbidden) as refused:
        ask(access.allow("officer")(page), "resident")
    for part in (refused.value.what, refused.value.why, refused.value.now):
        assert part.msgid


def test_after_signing_in_one_is_back_on_the_page_and_not_on_an_address_that_only_posts():
    view = access.allow("resident")(page)
    anyone = {"user": AnonymousUser()}

    def sent(**headers):
        request = RequestFactory().post("/my/cases/1/verify/", headers=headers)
        request.__dict__.update(anyone)
        return view(request)

    assert sent(Referer="http://testserver/my/cases/1/?b=2").url == "/sign-in/?next=/my/cases/1/%3Fb%3D2"
    assert sent(Referer="http://elsewhere.example/x").url == "/sign-in/?next=/"
    assert sent().url == "/sign-in/?next=/"
    row = sent(**{"HX-Request": "true", "HX-Current-URL": "http://testserver/my/cases/1/"})
    assert (row.status_code, row["HX-Redirect"]) == (200, "/sign-in/?next=/my/cases/1/")


def test_the_demos_pages_exist_in_a_demo_only(settings):
    settings.DEMO = True
    assert ask(access.demo_only(page), signed=False).content == b"seen"
    settings.DEMO = False
    with pytest.raises(Http404):
        ask(access.demo_only(page), "officer")


def test_every_guard_leaves_its_rule_on_the_view():
    for guard in (access.public, access.signed_in, access.allow("officer"), access.demo_only):
        assert isinstance(guard(page).access_rule, access.Rule)


def waiting():
    from procrastinate.contrib.django.models import ProcrastinateJob

    return list(ProcrastinateJob.objects.order_by("id").values_list("task_name", "args"))


@pytest.mark.django_db(transaction=True)
def test_a_job_exists_exactly_when_its_transaction_is_committed():
    case = uuid7()
    before = waiting()
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.defer("cases.check_answered", case=case)
        raise RuntimeError
    assert waiting() == before
    with transaction.atomic():
        jobs.defer("cases.check_answered", case=case, day=NOV_25, number=3)
    assert waiting()[len(before) :] == [("cases.check_answered", {"case": str(case), "day": "2026-11-25", "number": 3})]


@pytest.mark.django_db
def test_a_job_asked_for_once_is_put_there_once():
    before = len(waiting())
    for _ in range(2):
        jobs.defer("cases.check_answered", once="a", case="a")
    jobs.defer("cases.check_answered", once="b", case="b")
    assert len(waiting()) == before + 2
