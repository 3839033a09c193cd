"""Who may open what: every address, every role, reading and posting. An address nobody thought of makes this fail.

What a view allows is its own `access_rule`. Whose an object in an address is stands in OWNERS below; an address with an
object and no row there fails the test.
"""

from __future__ import annotations

import datetime
import io
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mianzheng.audit.models import Entry
from mianzheng.cases.actions import deciding
from mianzheng.cases.models import Case
from mianzheng.centre.actions import sharing
from mianzheng.centre.actions.approvals import file_approval
from mianzheng.centre.actions.doubts import raise_objection
from mianzheng.centre.actions.intake import hand_in
from mianzheng.centre.actions.sender_keys import make_key
from mianzheng.centre.models import Approval, Delivery, Doubt, Intake, SenderKey, SharingRequest
from mianzheng.centre.ports import FAULTS
from mianzheng.centre.rules.intakes import Fault, Kind, Way
from mianzheng.common.actors import Actor
from mianzheng.common.reasons import Reason
from mianzheng.common.texts import Text
from mianzheng.evidence.models import Check
from mianzheng.gateway.actions import consents, lists, window
from mianzheng.gateway.actions.clients import make_client
from mianzheng.gateway.actions.keys import make_key as make_asker_key
from mianzheng.gateway.models import (
    AllowanceChange,
    AskedList,
    AskerClient,
    AskerKey,
    Consent,
    Grant,
    GrantStep,
    SealedAnswer,
)
from mianzheng.oversight.actions.questions import ask_about
from mianzheng.oversight.models import Lead, Question
from mianzheng.people.actions import reveal
from mianzheng.reform.actions import batches, consulting
from mianzheng.reform.actions.grouping import regroup
from mianzheng.reform.actions.publishing import publish
from mianzheng.reform.actions.slips import make as make_slip
from mianzheng.reform.actions.wishes import ask as ask_for_new
from mianzheng.reform.models import Candidate, Draft, Group, Notice, Opinion, Slip, Wish
from mianzheng.reform.rules.slips import Channel
from mianzheng.reform.rules.states import Stage as CandidateStage
from mianzheng.reform.rules.wishes import Asked
from mianzheng.web.access import ANYONE, DEMO, KEY, SIGNED_IN, Rule
from tests import drafted, reformed
from tests.pages.street import Street, seen, street
from tests.reformed import REFORMER, candidate, listing
from tests.second_city.asking import LENDER, ask
from tests.second_city.lending import LENDING, open_bank
from tests.second_city.life import NOW, officer
from tests.second_city.reading import CITY

__all__ = ["street"]

ROLES = {
    "nobody": None,
    "resident": "anna",
    "another resident": "eric",
    "officer": "homes",
    "officer elsewhere": "civil",
    "agent": "wanda",
    "centre": "duty",
    "head": "chief",
    "supervisor": "watch",
    "reform": "reform",
    "asker": "lender",
    "asker elsewhere": "water",
}
HELD = {
    "nobody": {ANYONE},
    "resident": {ANYONE, SIGNED_IN, "resident"},
    "another resident": {ANYONE, SIGNED_IN, "resident"},
    "officer": {ANYONE, SIGNED_IN, "officer"},
    "officer elsewhere": {ANYONE, SIGNED_IN, "officer"},
    "agent": {ANYONE, SIGNED_IN, "agent"},
    "centre": {ANYONE, SIGNED_IN, "centre"},
    "head": {ANYONE, SIGNED_IN, "head"},
    "supervisor": {ANYONE, SIGNED_IN, "supervisor"},
    "reform": {ANYONE, SIGNED_IN, "reform"},
    "asker": {ANYONE, SIGNED_IN, "asker"},
    "asker elsewhere": {ANYONE, SIGNED_IN, "asker"},
}

PUBLIC: frozenset[str] = frozenset(ROLES)
APPLICANT = frozenset({"resident"})
DECIDING = frozenset({"officer"})
ASKED = frozenset({"officer elsewhere"})
"""The check of the test is put to the other department, so that deciding and being asked are told apart."""
ASKING = frozenset({"asker"})
KEEPERS = frozenset({"officer", "centre"})
"""The owner of the item a batch, a doubt, an approval or a key of the test is about, and the data centre."""
ASKED_ABOUT = frozenset({"officer", "head"})
"""The officer whose look the lead of the test is about, and the head of that department."""

REFORMING = frozenset({"reform"})
DRAFTS = (
    " _describe _undo _keep _test _plan _force _drop _matters _facts _certificates _bases _texts _deadlines _matter_new"
    " _fact_new _basis_new _text_new _matter_row _matter _matter_move _matter_texts _papers _need_new _need _question_new"
    " _question _fact _certificate _basis _text _package _merge _split _matter_out"
).split(" ")
"""Addresses of a draft of the catalogue."""

ASKED_BY = frozenset({"asker"})
"""The bank whose consent, answer and list the test has; an officer and another bank are told that they are not there."""


OWNERS: dict[str, frozenset[str]] = {
    # what everybody may know
    "cases:matter": PUBLIC,
    "catalogue:certificate": PUBLIC,
    "catalogue:guide": PUBLIC,
    "catalogue:guide_paper": PUBLIC,
    # a slip is shown to whoever has its code, and answered by whom it names
    "reform:slip_new": PUBLIC,
    "reform:slip": PUBLIC,
    "reform:slip_answer": frozenset({"officer", "head"}),
    "reform:changes": PUBLIC,
    "reform:cancelled_batch": PUBLIC,
    # what is kept, and who wants to demand something new, is the reform office's
    "reform:retained_review": frozenset({"reform"}),
    "reform:wish": frozenset({"reform"}),
    "cases:receipt_check": PUBLIC,
    # a matter is nobody's: each resident begins a case of their own
    "cases:start": frozenset({"resident", "another resident"}),
    # a batch is the reform office's; a notice that of the office it is for
    "reform:batch": REFORMING,
    "reform:batch_take_out": REFORMING,
    "reform:batch_dissolve": REFORMING,
    "reform:batch_check": REFORMING,
    "reform:batch_publish": REFORMING,
    "reform:batch_done": REFORMING,
    "reform:batch_withdraw": REFORMING,
    "reform:batch_certificate": REFORMING,
    "reform:batch_withdraw_one": REFORMING,
    "reform:batch_amend": REFORMING,
    "reform:batch_look_into": REFORMING,
    "reform:notice_seen": frozenset({"officer", "head"}),
    # a case is the applicant's
    "cases:case": APPLICANT,
    "cases:form": APPLICANT,
    "cases:pulse": APPLICANT,
    "cases:agree": APPLICANT,
    "cases:verify": APPLICANT,
    "cases:verify_one": APPLICANT,
    "cases:choose": APPLICANT,
    "cases:hand_in": APPLICANT,
    "cases:withdraw": APPLICANT,
    "cases:receipt": APPLICANT,
    # a line of the log is shown to whom it is about
    "evidence:receipt": APPLICANT,
    # and, once handed in, the deciding department's
    "cases:decide": DECIDING,
    "cases:take_up": DECIDING,
    "cases:find": DECIDING,
    "cases:send_back": DECIDING,
    "cases:grant": DECIDING,
    "cases:refuse": DECIDING,
    "cases:reliance": DECIDING,
    # a check is the asked department's
    "cases:check": ASKED,
    "cases:answer": ASKED,
    # an item is everybody's; how it does is its owner's and the data centre's; any department may ask to use it
    "centre:item": PUBLIC,
    "centre:quality": KEEPERS,
    "centre:pull": KEEPERS,
    "centre:sharing_ask": frozenset({"officer", "officer elsewhere"}),
    "centre:sharing_one": KEEPERS | {"officer elsewhere"},
    "centre:sharing_decide": DECIDING,
    # a doubt is put to the department that answers for the record
    "centre:doubt": KEEPERS,
    "centre:doubt_answer": DECIDING,
    # a batch, an approval, a key are their department's, and the centre sees all
    "centre:intake": KEEPERS,
    "centre:intake_pulse": KEEPERS,
    "centre:intake_load": KEEPERS,
    "centre:intake_again": KEEPERS,
    "centre:intake_confirm": KEEPERS,
    "centre:intake_cancel": KEEPERS,
    "centre:intake_faults": frozenset({"officer"}),  # the sender alone
    "centre:approval_end": KEEPERS,
    "centre:approval_scan": KEEPERS,
    "centre:key_end": KEEPERS,
    # a change is its receiver's, what could not be sent the data centre's; nobody in the second city takes them by machine
    "cases:then": DECIDING,
    "centre:change": DECIDING,
    "centre:change_done": DECIDING,
    "centre:letter_again": frozenset({"centre"}),
    "centre:letter_by_hand": frozenset({"centre"}),
    "centre:hook_save": frozenset(),
    "centre:hook_close": frozenset(),
    # a connection is the data centre's; the second city has none
    "centre:connection_check": frozenset(),
    # who does not recognise a look about themself asks, and reads the answer
    "oversight:ask": APPLICANT,
    "oversight:contest": APPLICANT,
    # a lead is the officer's it asks, the head's of the department, and oversight's; deciding is not the officer's
    "oversight:lead": ASKED_ABOUT,
    "oversight:lead_looks": ASKED_ABOUT,
    "oversight:lead_reply": DECIDING,
    "oversight:lead_ask": frozenset({"head"}),
    "oversight:lead_explain": frozenset({"head"}),
    "oversight:lead_pass_on": frozenset({"head"}),
    "oversight:all_lead": frozenset({"supervisor"}),
    "oversight:all_lead_looks": frozenset({"supervisor"}),
    "oversight:all_lead_ask": frozenset({"supervisor"}),
    "oversight:all_lead_close": frozenset({"supervisor"}),
    # what is on its way to being cancelled is the reform office's
    "reform:candidate": REFORMING,
    # a grant is its asker's, the department's whose register answers, and the data centre's; a key its asker's
    "gateway:grant": frozenset({"asker", "officer", "centre"}),
    "gateway:grant_decide": frozenset({"officer"}),  # whose turn it is
    "gateway:grant_withdraw": ASKING,
    "gateway:grant_renew": ASKING,
    "gateway:grant_end": ASKING,
    "gateway:grant_change": frozenset({"centre"}),
    "gateway:grant_more": ASKING,
    "gateway:grant_more_answer": frozenset(),  # nobody has asked for more
    "gateway:grant_revoke": KEEPERS,
    "gateway:key_rotate": ASKING,
    "gateway:key_end": ASKING,
    "gateway:client_end": ASKING,
    # who may look people up in secret is listed by the city; the second city lists nobody
    "evidence:secrecy": frozenset(),
    "evidence:secrecy_open": frozenset(),
    "evidence:secrecy_order": frozenset(),
    "evidence:secrecy_approve": frozenset(),
    "evidence:secrecy_extend": frozenset(),
    "evidence:secrecy_end": frozenset(),
    "evidence:secrecy_ask": frozenset(),
    # what a bank asked, was told and handed in is its own; the consent is the person's too
    "gateway:consent": ASKED_BY,
    "gateway:consent_sheet": ASKED_BY,
    "gateway:consent_record": ASKED_BY,
    "gateway:consent_drop": ASKED_BY,
    "gateway:consent_take_back": ASKED_BY,
    "gateway:answers": ASKED_BY,
    "gateway:sealed_file": ASKED_BY,
    "gateway:sealed_withdraw": ASKED_BY,
    "gateway:list": ASKED_BY,
    "gateway:list_results": ASKED_BY,
    "gateway:list_template": PUBLIC,
    "gateway:my_consent": APPLICANT,
    "gateway:my_consent_give": APPLICANT,
    "gateway:my_consent_decline": APPLICANT,
    "gateway:my_consent_revoke": APPLICANT,
    "gateway:consent_code": APPLICANT,
    # a draft of the catalogue is the reform office's
    **{f"reform:draft{each}": REFORMING for each in DRAFTS},
    # what offices list is the reform office's business
    "reform:report": REFORMING,
    "reform:report_source": REFORMING,
    "reform:report_assign": REFORMING,
    "reform:report_correct": REFORMING,
    "reform:report_accept": REFORMING,
    "reform:report_leave": REFORMING,
    # what the reform office asks an office is that office's; what everybody said is the reform office's
    "reform:consultation_one": frozenset({"reform"}),
    "reform:consultation_settle": frozenset({"reform"}),
    "reform:consultation_take_back": frozenset({"reform"}),
    "reform:consultation_letter": frozenset({"reform"}),
    "reform:consultation_undertaking": frozenset({"reform"}),
    "reform:opinion": ASKED_ABOUT,  # whoever speaks for homes
    "reform:opinion_say": ASKED_ABOUT,
    "reform:undertaking_signed": frozenset(),  # nobody has signed anything
    # the inventory is the reform office's
    "reform:group": REFORMING,
    "reform:group_confirm": REFORMING,
    "reform:group_split": REFORMING,
    "reform:group_join": REFORMING,
    "reform:group_rename": REFORMING,
    "reform:group_say_what": REFORMING,
    "reform:group_take_up": REFORMING,
    # machines show a key; nobody gets in by signing in
    "api:hand_in": frozenset(),
    "api:intake": frozenset(),
    "api:faults": frozenset(),
}
"""Who may see the object in an address, as `Stage` makes it; whoever else has the role is told that it is not there."""

AT_THE_BANK = frozenset(name for name, owners in OWNERS.items() if owners is ASKED_BY) | {
    "gateway:list_template",
    *(f"gateway:my_consent{act}" for act in ("", "_give", "_decline", "_revoke")),
    "gateway:consent_code",
}
"""Addresses of the window and of the consents put to the person."""

POSTED: dict[str, dict[str, str]] = {
    "cases:start": {"key": str(uuid.UUID(int=7)), "marital": "divorced", "rooms": "2"},
    "cases:form": {"marital": "divorced", "rooms": "2"},
    "cases:answer": {"verdict": "holds", "note": "查过台账"},
    "cases:find": {"verdict": "holds", "note": "电话核实"},
    "cases:refuse": {"findings": "欠款", "basis": "homes-3"},
    "centre:doubt_answer": {"outcome": "stands", "why": "查过台账"},
    "centre:sharing_ask": {"fields": "status", "purpose": "核对", "basis": "办法第三条"},
    "centre:sharing_decide": {"approved": "yes", "answer": "只用于本事项"},
    "cases:then": {"why": "复核"},
    "gateway:grant_decide": {"approved": "yes", "note": "只用于本事项", "document": "1号"},
    "gateway:grant_change": {"daily": "20", "day": NOW.date().isoformat(), "why": "业务增加"},
    "gateway:grant_more": {"daily": "20", "why": "业务增加"},
    "gateway:grant_revoke": {"why": "用于别的事项"},
    "centre:letter_by_hand": {"note": "电话告知"},
    "demo:outage": {"item": "card", "silent": "off"},
    "demo:advance": {"days": "1"},
    "set_display": {"language": "en"},
    "reform:batch_withdraw": {"why": "重来", "again": "1"},
    "reform:batch_withdraw_one": {"why": "重来"},
    "reform:batch_amend": {"disposal": "commitment", "fact": "works", "why": "数据不全"},
    "reform:batch_look_into": {"why": "系统停了一天"},
    "oversight:lead_reply": {"reply": "核对台账"},
    "oversight:lead_explain": {"answer": "核对台账时查的"},
    "oversight:lead_pass_on": {"why": "弄不清"},
    "oversight:all_lead_close": {"outcome": "explained", "closing": "弄清了"},
    "oversight:contest": {"why": "没有说是谁"},
    "centre:intake_load": {"then": "load"},
    "reform:opinion_say": {"says": "object", "words": "窗口还要"},
    "reform:consultation_settle": {"disposal": "cancel", "why": "没有依据"},
    "reform:consultation_letter": {"says": "agree", "letter": "1号"},
    "reform:group_rename": {"name": "住房证明"},
    "reform:group_say_what": {"paper": "certificate"},
}
FOUND = {200, 204, 302, 405, 422}
"""Statuses of somebody let in: the page, nothing new, on to the next page, not by this method, or what is wrong in a form."""

CODES = {
    "catalogue:certificate": "work-paper",
    "reform:slip_new": "work-paper",
    "reform:changes": "work-paper",
    **dict.fromkeys(
        (f"reform:batch_{act}" for act in ("certificate", "withdraw_one", "amend", "look_into")), "in-batch"
    ),
    "reform:retained_review": "abroad-paper",
    "centre:item": "debts",
    "centre:quality": "debts",
    "centre:pull": "debts",
    "centre:sharing_ask": "marriage",
    "reform:draft_fact": "works",
    "reform:draft_certificate": "work-paper",
    "reform:draft_basis": "homes-3",
    "reform:draft_text": "notice",
}
"""What ``code`` names at these addresses; elsewhere it is a matter."""

HALF_WAY = {"mfa_authenticate"}
"""The second step of signing in sends whoever has not taken the first one back to it."""
NO_PASSWORD = {"account_reauthenticate", "mfa_reauthenticate"}
"""Showing once more who one is takes a password or a code, and nobody here has either: refused, whoever it is."""


@dataclass(frozen=True)
class Address:
    """One pattern of the URLconf."""

    name: str
    view: Any
    converters: tuple[str, ...] = field(default=())

    @property
    def rule(self) -> Rule:
        return self.view.access_rule


def addresses(resolver: URLResolver | None = None, space: str = "", above: tuple[str, ...] = ()) -> Iterator[Address]:
    """Walk the URLconf down to every view."""
    for each in (resolver or get_resolver()).url_patterns:
        converters = (*above, *each.pattern.converters)
        if isinstance(each, URLPattern):
            yield Address(f"{space}{each.name}", each.callback, converters)
        else:
            yield from addresses(each, f"{space}{each.namespace}:" if each.namespace else space, converters)


ALL = list(addresses())


@pytest.mark.parametrize("address", ALL, ids=lambda a: a.name)
def test_every_view_says_who_may_open_it(address: Address):
    assert isinstance(getattr(address.view, "access_rule", None), Rule), f"{address.name} has no access rule"
    assert not address.name.endswith("None"), f"{address.view} has no name"
    if address.converters:
        assert address.name in OWNERS, f"say in OWNERS whose the object in {address.name} is"


def test_no_row_is_left_over():
    assert set(OWNERS) <= {each.name for each in ALL}
    assert len({each.name for each in ALL}) == len(ALL)


@dataclass
class Stage:
    """Real objects for every address: anna's cases, decided by homes, with a check put to civil."""

    street: Street
    draft: Case
    decided: Case
    check: Check
    batch: Intake
    approval: uuid.UUID
    sender_key: uuid.UUID
    doubt: uuid.UUID
    asked: uuid.UUID
    delivery: int
    letter: int
    lead: uuid.UUID
    question: uuid.UUID
    consent: Consent
    sealed: SealedAnswer
    list: AskedList
    grant: uuid.UUID
    asker_key: uuid.UUID
    client: uuid.UUID
    reform: dict[str, Any]

    def arguments(self, name: str) -> dict[str, Any]:
        if name in AT_THE_BANK:
            asked = self.list.id if "list" in name else self.sealed.asked
            form = "jws" if name == "gateway:sealed_file" else "csv"
            row, number = self.sealed.id, self.consent.number
            return {"consent": self.consent.id, "asked": asked, "sealed": row, "form": form, "number": number}
        if name in (f"reform:batch_{act}" for act in ("take_out", "check", "publish", "withdraw")):
            return {"number": 3}
        decided = {"cases:receipt", "cases:reliance", "cases:receipt_check"}
        submitted = {each for each in OWNERS if OWNERS[each] is DECIDING}
        case = self.decided if name in decided | submitted else self.draft
        return {
            "code": CODES.get(name, "home"),
            "doubt": self.doubt,
            "asked": self.asked,
            "case": case.id,
            "key": {"centre:key_end": self.sender_key, "gateway:key_rotate": self.asker_key}.get(
                name, self.asker_key if name == "gateway:key_end" else self.decided.key
            ),
            "grant": self.grant,
            "step": GrantStep.objects.get(grant=self.grant, number=1).id,
            "client": self.client,
            "check": self.check.id,
            "need": "works",
            "option": "commit",
            "intake": self.batch.id,
            "form": "csv",
            "approval": self.approval,
            "item": "debts",
            "delivery": self.delivery,
            "letter": self.letter,
            "entry": Entry.objects.filter(subject=self.street.town["anna"], action="lookup")[0].id,
            "receiver": "water",
            "lead": self.lead,
            "question": self.question,
            "order": uuid.UUID(int=3),
            "report": reformed.report().id if name.startswith("reform:report") else uuid.UUID(int=3),
            **self.reform,
            "candidate": self.reform["consulted" if "consultation" in name else "candidate"],
            "group": Group.objects.get(name="住房证明").id,
            "number": 1 if name == "reform:cancelled_batch" else 2,
        }


@pytest.fixture
def stage(street: Street) -> Stage:
    waiting = street.waiting("anna")
    decided = street.town.handed_in("anna").case
    deciding.take_up(case=decided.id, actor=officer("homes"), now=NOW)
    deciding.grant(case=decided.id, actor=officer("homes"), now=NOW)
    check = Check.objects.get()
    assert check.office == "civil"
    cases = (Case.objects.get(id=waiting.case.id), Case.objects.get(id=decided.id))
    desk = (*_handed_in(street), *_at_the_desk(street), *_told(street, decided.id))
    listing("住房证明")
    regroup(actor=REFORMER, now=NOW)
    asking = _asking()  # before the bank has its grants
    return Stage(street, *cases, check, *desk, *_not_recognised(street), *_at_the_bank(street), *asking, _at_reform())


def _at_reform() -> dict[str, Any]:
    """Return the objects of the reform office, by the name they have in an address: a certificate nobody has decided about, and
    what homes is asked about another one, which it demands.
    """
    asked_about = candidate(stage=CandidateStage.DECIDED)
    consulting.ask(city=CITY, candidates=[asked_about.id], actor=REFORMER, now=NOW)
    opinion = Opinion.objects.get(candidate=asked_about, office="homes")
    asked = {"consulted": asked_about.id, "opinion": opinion.id, "office": "lender", "wording": "undertaking-1"}
    return {
        "candidate": candidate().id,
        "draft": drafted.begun().id,
        "place": 0,
        **asked,
        "token": _still_demanded(),
        "notice": _in_batches(),
        "wish": _wanted().id,
    }


def _wanted() -> Wish:
    """Return a new demand of civil's."""
    three = {"necessity": "条例要求", "basis": "《石桥出境条例》第二条", "alternatives": "没有登记"}
    return ask_for_new(
        city=CITY, asked=Asked("工作证明", "申请出境", "employer", **three), actor=officer("civil"), now=NOW
    )


def _still_demanded() -> str:
    """Return the code of a slip that says that homes still asks for a cancelled certificate."""
    asks = {"certificate": "work-paper", "demander": "homes", "demander_said": "", "purpose": ""}
    return make_slip(city=CITY, **asks, channel=Channel.ONLINE, actor=None, now=NOW).token


def _in_batches() -> int:
    """Publish a second batch of one certificate, compose a third, and return the notice homes got."""
    actor = Actor(str(uuid.uuid4()), "reform")
    for name, code in ("第二批", "in-batch"), ("第三批", "in-next-batch"):
        row = candidate(code=code, stage="agreed", disposal="data_sharing", fact="works")
        batches.compose(name=Text(name), codes=[row.code], actor=actor, now=NOW)
    publish(batch=2, actor=actor, now=NOW + datetime.timedelta(seconds=2))
    return Notice.objects.get(office="homes").id


def _not_recognised(street: Street) -> tuple[uuid.UUID, uuid.UUID]:
    """Return the lead of a look of homes' officer at anna that anna does not recognise, and her question."""
    account, anna = street.accounts["homes"], street.town["anna"]
    looker = Actor(str(account.id), "officer", "homes")
    reveal(subjects=[anna], purpose="查看", now=NOW, **looker.log())
    entry = Entry.objects.get(subject=anna, action="reveal", actor=str(account.id))
    asker = Actor(str(street.accounts["anna"].id), "resident", subject=anna)
    question = Question.objects.get(id=ask_about(city=CITY, entry=entry.id, said="", actor=asker, now=NOW))
    assert question.lead.account == account.id
    return question.lead_id, question.id


def _at_the_bank(street: Street) -> tuple[Consent, SealedAnswer, AskedList]:
    """Return anna's consent to a bank, what the bank was told about her, and a list it handed in, asked and answered."""
    bank = open_bank(street.town)
    clerk = Actor(str(street.accounts["lender"].id), "asker", "lender")
    about = {"city": LENDING, "matter": "loan", "facts": ["married"], "actor": clerk, "now": NOW}
    consent = consents.ask(number=bank.number("anna"), days=30, **about)
    consents.give(city=LENDING, consent=consent, actor=street.town.person("anna"), now=NOW)
    window.verify(number=bank.number("anna"), **about)
    sealed = SealedAnswer.objects.get()
    rows = io.BytesIO(f"身份证号\n{bank.number('carl')}\n".encode())
    asked = lists.hand_in(name="a.csv", stream=rows, **about)
    lists.work_off(city=LENDING, asked=asked, clock=lambda: NOW)
    return Consent.objects.get(), sealed, AskedList.objects.get()


def _asking() -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    """Return the lender's request, whose turn is homes', a key and a client of the lender."""
    wanted: dict[str, Any] = {
        "name": "信贷系统",
        "scopes": ["verify"],
        "until": NOW.date() + datetime.timedelta(days=9),
    }
    key, client = uuid.uuid4(), uuid.uuid4()
    make_asker_key(city=CITY, id=key, actor=LENDER, now=NOW, **wanted)
    make_client(city=CITY, id=client, actor=LENDER, now=NOW, **wanted)
    return ask(), key, client


def _told(street: Street, case: uuid.UUID) -> tuple[int, int]:
    """Return a change on the list of homes, about its case, and one that could not be sent."""
    common = {"item": "debts", "subject": street.town["anna"], "change": "changed", "made_at": NOW, "next_at": NOW}
    listed = Delivery.objects.create(receiver="homes", case=case, status="listed", **common)
    return listed.id, Delivery.objects.create(receiver="water", feed="debts", status="dead", tries=8, **common).id


def _at_the_desk(street: Street) -> tuple[uuid.UUID, uuid.UUID]:
    """Return a doubt put to homes, and civil's request for an item of homes."""
    civil, debts = officer("civil"), CITY.items["debts"]
    raise_objection(city=CITY, item=debts, subject=street.town["eric"], note="", actor=civil, now=NOW)
    wanted = {"fields": ["amount"], "purpose": "核对", "matter": "", "basis": "办法第三条"}
    return Doubt.objects.get().id, sharing.request(city=CITY, item="debts", **wanted, actor=civil, now=NOW)


def _handed_in(street: Street) -> tuple[Intake, uuid.UUID, uuid.UUID]:
    """Return a batch of homes with an error file, the approval for it, and a key of homes."""
    sender = Actor(str(street.accounts["homes"].id), "officer", "homes")
    filed = file_approval(
        city=CITY,
        item="debts",
        document="桥数〔2026〕1号",
        scope="",
        from_day=NOW.date(),
        until_day=None,
        scan=io.BytesIO(b"%PDF-1.7"),
        scan_name="a.pdf",
        actor=sender,
        now=NOW,
    )
    batch = hand_in(
        city=CITY,
        item="debts",
        kind=Kind.SNAPSHOT,
        way=Way.PAGE,
        name="a.csv",
        stream=io.BytesIO("身份证号,欠款\n".encode()),
        as_of=NOW,
        actor=sender,
        office="homes",
        now=NOW,
    )
    errors = FAULTS().write([Fault(2, "欠款", "x", Reason("应当是整数"))])
    Intake.objects.filter(id=batch).update(errors=errors, errors_until=NOW + datetime.timedelta(days=1))
    key = uuid.uuid4()
    make_key(id=key, name="缴费系统", actor=sender, now=NOW)
    return Intake.objects.get(id=batch), filed, key


def asked(client: Client, method: str, address: Address, stage: Stage) -> Any:
    given = {name: value for name, value in stage.arguments(address.name).items() if name in address.converters}
    url = reverse(address.name, kwargs=given)
    return client.get(url) if method == "GET" else client.post(url, POSTED.get(address.name, {}))


def sent_to_sign_in(response: Any) -> bool:
    return response.status_code == 302 and response["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_may_open_what(stage: Stage, role: str, method: str):
    """One role at every address: let in, sent to sign in, refused, or told that there is nothing."""
    wrong = []
    client = stage.street.as_(ROLES[role])
    for address in sorted(ALL, key=lambda each: each.name == "account_logout"):
        response = asked(client, method, address, stage)
        status, sign_in = response.status_code, sent_to_sign_in(response)
        if KEY in address.rule.roles:
            fits = status in (401, 405) and not sign_in
        elif DEMO in address.rule.roles:
            fits = status in FOUND | {404} and not sign_in
        elif address.name in HALF_WAY:
            fits = status in FOUND
        elif address.name in NO_PASSWORD and role != "nobody":
            fits = status == 403
        elif not address.rule.admits(frozenset(HELD[role])):
            fits = sign_in if role == "nobody" else status == 403
        elif role in OWNERS.get(address.name, PUBLIC):
            fits = status in FOUND and not sign_in
        else:
            fits = status in (404, 405)
        if not fits:
            wrong.append(f"{method} {address.name} as {role}: {status} {response.get('Location', '')}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ROLES)
def test_nothing_of_others_changes(stage: Stage, role: str):
    """Posting everywhere, in every role but the owners', leaves case, decision and check as they were."""
    before = [Case.objects.filter(id=c.id).values().get() for c in (stage.draft, stage.decided)]
    alone = (
        Check,
        Intake,
        Doubt,
        SharingRequest,
        Lead,
        Question,
        Consent,
        SealedAnswer,
        AskedList,
        Grant,
        AskerKey,
        AskerClient,
        Candidate,
        Opinion,
        Draft,
    )
    others = [list(each.objects.order_by("pk").values()) for each in alone]
    deliveries = list(Delivery.objects.order_by("id").values())
    client = stage.street.as_(ROLES[role])
    for address in ALL:
        if address.converters and role not in OWNERS[address.name]:
            asked(client, "POST", address, stage)
    assert [Case.objects.filter(id=c.id).values().get() for c in (stage.draft, stage.decided)] == before
    assert [list(each.objects.order_by("pk").values()) for each in alone] == others
    assert list(Delivery.objects.order_by("id").values()) == deliveries
    assert Approval.objects.get().ended_at is None
    assert SenderKey.objects.get().ended_at is None
    assert not AllowanceChange.objects.exists()
    assert Slip.objects.get(token=stage.reform["token"]).answered_at is None
    assert Wish.objects.get(id=stage.reform["wish"]).decided_at is None
    assert not GrantStep.objects.exclude(done_at=None).exists()


def test_an_object_that_is_not_there_and_one_of_others_look_the_same(stage: Stage):
    client = stage.street.as_("eric")
    theirs = client.get(reverse("cases:case", args=[stage.draft.id]))
    nowhere = client.get(reverse("cases:case", args=[uuid.UUID(int=1)]))
    assert theirs.status_code == nowhere.status_code == 404
    assert seen(theirs) == seen(nowhere)


def test_nothing_of_the_demo_exists_where_people_are_real(stage: Stage, settings: Any):
    settings.DEMO = False
    demo = [each for each in ALL if DEMO in each.rule.roles]
    assert demo
    for address in demo:
        for name in ROLES.values():
            for method in ("GET", "POST"):
                assert asked(stage.street.as_(name), method, address, stage).status_code == 404, address.name
