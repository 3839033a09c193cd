"""How far a need has come: a table of stories, and what no history can make the program do."""

import pytest
from hypothesis import given, settings

from mianzheng.evidence.rules.progress import Kind, Option, Stage, progress, since_again
from mianzheng.evidence.rules.verdicts import Verdict, Way
from tests.rules.test_ways import planned
from tests.second_city.needs import any_events, event, histories, plans

WORDS = {"h": Verdict.HOLDS, "f": Verdict.FAILS, "u": Verdict.UNKNOWN}
WAYS = {"data": Way.DATA, "office": Way.DEPARTMENT, "review": Way.REVIEW}


def told(story):
    """Return the events of a story such as ``data:u asked office:h``."""
    events = []
    for number, word in enumerate(story.split()):
        name, _, verdict = word.partition(":")
        if verdict:
            events.append(event(number, Kind.ANSWER, WAYS[name], WORDS[verdict]))
        else:
            events.append(event(number, Kind(name)))
    return events


# what the plan is like, what happened, stage, way, verdict, what the person may do
NO_OFFICE = {"department": False}
NO_PROMISE = {"commitment": ""}
NOTHING = NO_OFFICE | NO_PROMISE
TABLE = [
    ({}, "", Stage.PENDING, Way.DATA, None, ""),
    ({"state": None}, "", Stage.PENDING, Way.DEPARTMENT, None, ""),
    (NOTHING | {"state": None}, "", Stage.PENDING, Way.REVIEW, None, ""),
    (NO_OFFICE | {"state": None}, "", Stage.PENDING, Way.COMMITMENT, None, ""),
    ({}, "data:h", Stage.SETTLED, Way.DATA, "h", ""),
    ({}, "data:f", Stage.SETTLED, Way.DATA, "f", "object review"),
    ({}, "data:u", Stage.ASKING, Way.DEPARTMENT, None, ""),
    ({}, "data:u asked", Stage.WAITING, Way.DEPARTMENT, None, "commit fallback"),
    (NO_PROMISE, "data:u asked", Stage.WAITING, Way.DEPARTMENT, None, ""),
    ({"barred": True}, "data:u asked", Stage.WAITING, Way.DEPARTMENT, None, ""),
    ({}, "data:u asked office:h", Stage.SETTLED, Way.DEPARTMENT, "h", ""),
    ({}, "data:u asked office:f", Stage.SETTLED, Way.DEPARTMENT, "f", "object review"),
    ({}, "data:u asked office:u", Stage.CHOICE, Way.COMMITMENT, "u", "commit review"),
    ({"barred": True}, "data:u asked office:u", Stage.SETTLED, Way.REVIEW, "u", ""),
    (NO_PROMISE, "data:u asked office:u", Stage.SETTLED, Way.REVIEW, "u", ""),
    ({}, "data:u asked commit", Stage.SETTLED, Way.COMMITMENT, "h", "withdraw"),
    ({}, "data:u asked commit office:f", Stage.SETTLED, Way.DEPARTMENT, "f", "object review"),
    ({}, "data:u asked commit office:u", Stage.SETTLED, Way.COMMITMENT, "h", "withdraw"),
    ({}, "data:u asked commit withdraw", Stage.ASKING, Way.DEPARTMENT, None, ""),
    ({}, "data:u asked fallback", Stage.WAITING, Way.DEPARTMENT, None, "withdraw"),
    ({}, "data:u asked fallback office:h", Stage.SETTLED, Way.DEPARTMENT, "h", ""),
    ({}, "data:u asked fallback office:f", Stage.SETTLED, Way.DEPARTMENT, "f", "object review"),
    ({}, "data:u asked fallback office:u", Stage.SETTLED, Way.COMMITMENT, "h", "withdraw"),
    ({}, "data:u asked fallback withdraw", Stage.WAITING, Way.DEPARTMENT, None, "commit fallback"),
    ({}, "data:u asked fallback withdraw office:u", Stage.CHOICE, Way.COMMITMENT, "u", "commit review"),
    ({}, "data:u asked office:u review", Stage.SETTLED, Way.REVIEW, "u", ""),
    (NO_OFFICE, "data:u", Stage.CHOICE, Way.COMMITMENT, "u", "commit review"),
    (NO_OFFICE, "data:u commit withdraw", Stage.CHOICE, Way.COMMITMENT, "u", "commit review"),
    (NOTHING, "data:u", Stage.SETTLED, Way.REVIEW, "u", ""),
    (NOTHING, "data:u review:h", Stage.SETTLED, Way.REVIEW, "h", ""),
    (NOTHING, "data:u review:u", Stage.SETTLED, Way.REVIEW, "u", ""),
    (NOTHING, "data:u review:f", Stage.SETTLED, Way.REVIEW, "f", "object review"),
    (NOTHING | {"retained": "abroad-paper"}, "data:u", Stage.SETTLED, Way.CERTIFICATE, "u", ""),
    (NOTHING | {"retained": "abroad-paper"}, "data:u review:h", Stage.SETTLED, Way.CERTIFICATE, "h", ""),
    ({}, "data:f object", Stage.WAITING, Way.DEPARTMENT, None, ""),
    ({}, "data:f object office:h", Stage.SETTLED, Way.DEPARTMENT, "h", ""),
    ({}, "data:f object office:f", Stage.SETTLED, Way.DEPARTMENT, "f", "review"),
    ({}, "data:f object office:u", Stage.SETTLED, Way.REVIEW, "u", ""),
    ({}, "data:f review", Stage.SETTLED, Way.REVIEW, "u", ""),
    ({}, "data:f review review:u", Stage.SETTLED, Way.REVIEW, "u", ""),
    ({}, "data:f again", Stage.PENDING, Way.DATA, None, ""),
    ({}, "data:f again data:u", Stage.ASKING, Way.DEPARTMENT, None, ""),
    ({}, "data:f again data:u asked", Stage.WAITING, Way.DEPARTMENT, None, ""),
    ({}, "data:f again data:u asked office:u", Stage.SETTLED, Way.REVIEW, "u", ""),
    ({}, "data:u asked commit again data:u asked", Stage.WAITING, Way.DEPARTMENT, None, "commit fallback"),
    (NOTHING, "data:u review:f object office:u", Stage.SETTLED, Way.REVIEW, "u", ""),
    (NOTHING, "data:u review:f object office:f", Stage.SETTLED, Way.DEPARTMENT, "f", "review"),
    (NOTHING, "data:u review:f review", Stage.SETTLED, Way.REVIEW, "u", ""),
]


@pytest.mark.parametrize(("circumstances", "story", "stage", "way", "verdict", "options"), TABLE)
def test_where_a_need_stands_after_a_story(circumstances, story, stage, way, verdict, options):
    found = progress(planned(**circumstances), told(story))
    assert (found.stage, found.way) == (stage, way)
    assert found.verdict is (WORDS[verdict] if verdict else None)
    assert [str(option) for option in found.options] == options.split()


def signed(events):
    """Return whether the person has signed since the last correction and not taken it back."""
    open_ = False
    for each in since_again(events):
        if each.kind in (Kind.COMMIT, Kind.FALLBACK):
            open_ = True
        elif each.kind is Kind.WITHDRAW:
            open_ = False
    return open_


def never(plan, events):
    """Check what must never happen, whatever `events` are."""
    found = progress(plan, events)
    failed = any(each.verdict is Verdict.FAILS for each in events)
    assert found.way is not Way.CERTIFICATE or plan.need.retained, "it asks for a cancelled certificate"
    if found.way is Way.COMMITMENT and found.stage is Stage.SETTLED:
        assert signed(events), "it chose a commitment for the person"
        assert not failed, "a commitment stands against what was found"
    if failed:
        assert not {Option.COMMIT, Option.FALLBACK} & set(found.options), "it offers a commitment after `fails`"
    if {Option.COMMIT, Option.FALLBACK} & set(found.options):
        assert plan.is_open(Way.COMMITMENT), "it offers a commitment that is not open"
    if found.failed:
        last = [each for each in since_again(events) if each.kind is Kind.ANSWER][-1]
        assert last.verdict is Verdict.FAILS, "something unknown stands against the person"
        assert Option.REVIEW in found.options, "nobody can look again at what fails"
    if found.verdict is Verdict.HOLDS and found.way is not Way.COMMITMENT:
        assert any(each.verdict is Verdict.HOLDS for each in since_again(events)), "it guessed"
    assert found.reason.msgid, "no reason in words"
    return found


@settings(max_examples=500)
@given(plans(), any_events())
def test_no_history_however_absurd_breaks_the_law(plan, events):
    never(plan, events)


@settings(max_examples=500)
@given(histories())
def test_no_history_that_can_happen_breaks_the_law_or_ends_in_the_dark(history):
    plan, events = history
    found = never(plan, events)
    if found.stage is Stage.CHOICE:
        assert found.options == (Option.COMMIT, Option.REVIEW)
    if found.stage is Stage.ASKING:
        assert found.way is Way.DEPARTMENT
    if found.stage is Stage.SETTLED and found.verdict is Verdict.UNKNOWN:
        assert found.way in (Way.REVIEW, Way.CERTIFICATE), "what nobody knows is left to nobody"
    if found.stage is Stage.SETTLED:
        assert found.verdict is not None


@settings(max_examples=200)
@given(histories())
def test_left_alone_every_need_settles_and_what_stays_unknown_goes_to_an_officer(history):
    plan, events = history
    for number in range(20, 30):
        found = progress(plan, events)
        if found.stage is Stage.SETTLED:
            break
        following = {
            Stage.PENDING: (Kind.ANSWER, plan.steps[0].way, Verdict.UNKNOWN),
            Stage.ASKING: (Kind.ASKED, None, None),
            Stage.WAITING: (Kind.ANSWER, Way.DEPARTMENT, Verdict.UNKNOWN),
            Stage.CHOICE: (Kind.REVIEW, None, None),
        }[found.stage]
        if not events or events[-1].kind is Kind.AGAIN:
            following = (Kind.ANSWER, plan.steps[0].way, Verdict.UNKNOWN)
        events = [*events, event(number, *following)]
    assert found.stage is Stage.SETTLED
