"""Whatever is entered in whatever order, the vault agrees with a dictionary."""

import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mianzheng.common.errors import Refusal
from mianzheng.people import actions, models, queries
from mianzheng.people.rules.subjects import NewSubject, SubjectKind

NOW = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.UTC)
NUMBERS = st.sampled_from([("passport", f"E{n:07d}") for n in range(8)])
ENTRIES = st.lists(st.lists(NUMBERS, min_size=1, max_size=3), min_size=1, max_size=4)


def entered(reference: dict, group: list) -> dict | None:
    """Return whom each number belongs to after one more entry, or None where the entry must be refused."""
    holders = {reference[number] for number in group if number in reference}
    if len(holders) > 1:
        return None
    holder = next(iter(holders), object())
    return {**reference, **dict.fromkeys(group, holder)}


@pytest.mark.django_db
@given(batches=st.lists(ENTRIES, min_size=1, max_size=4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_agrees_with_a_dictionary(batches, tmp_path, settings):
    settings.MIANZHENG_HOME = tmp_path
    models.Document.objects.all().delete()
    models.Subject.objects.all().delete()
    reference: dict = {}
    for batch in batches:
        after = reference
        for group in batch:
            after = entered(after, group) if after is not None else None
        people = [NewSubject(SubjectKind.PERSON, "王", tuple(group)) for group in batch]
        if after is None:
            with pytest.raises(Refusal):
                actions.register(people=people, now=NOW)
        else:
            actions.register(people=people, now=NOW)
            reference = after
        found = queries.subjects_of([("passport", f"E{n:07d}") for n in range(8)])
        assert set(found) == set(reference)
        assert {(a, b) for a in found for b in found if found[a] == found[b]} == {
            (a, b) for a in reference for b in reference if reference[a] is reference[b]
        }
        assert models.Subject.objects.count() == len(set(map(id, reference.values())))
