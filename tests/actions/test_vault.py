"""The identity vault: sealed, found by number, opened only with a purpose that is logged."""

import datetime
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from mianzheng.audit import queries as log
from mianzheng.common.errors import Refusal
from mianzheng.common.identifiers import make_ric, make_unit, make_uscc
from mianzheng.people import actions, models, queries
from mianzheng.people.adapters.keyfile import KeyFile
from mianzheng.people.rules.keyring import SealBroken
from mianzheng.people.rules.subjects import NewSubject, SubjectKind

NOW = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.UTC)
BORN = datetime.date(1990, 3, 7)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.MIANZHENG_HOME = tmp_path
    return tmp_path


def person(n: int, *more: tuple[str, str]) -> NewSubject:
    return NewSubject(SubjectKind.PERSON, f"王{n}", (("ric", make_ric("330782", BORN, n)), *more))


def register(*people: NewSubject) -> dict[tuple[str, str], uuid.UUID]:
    return actions.register(people=people, now=NOW)


def reveal(*subjects: uuid.UUID, purpose: str = "核对申请人"):
    return actions.reveal(subjects=subjects, purpose=purpose, actor="program", now=NOW)


def test_people_organisations_houses_and_places_are_found_by_their_numbers():
    company = NewSubject(SubjectKind.ORGANISATION, "义乌市某某有限公司", (("uscc", make_uscc("330782", 1)),))
    house = NewSubject(SubjectKind.HOUSE, "江东街道某幢", (("unit", make_unit("330782", 1, 1)),))
    street = NewSubject(SubjectKind.PLACE, "江东街道", (("place", "T01"),))
    entered = register(person(1), company, house, street)
    assert queries.subjects_of(entered) == entered
    kinds = models.Subject.objects.filter(id__in=entered.values()).values_list("kind", flat=True)
    assert set(kinds) == {str(kind) for kind in SubjectKind}
    assert queries.subjects_of([("ric", make_ric("330782", BORN, 2)), ("ric", "nonsense")]) == {}


def test_a_number_is_found_however_it_is_written():
    subject = register(person(4))["ric", make_ric("330782", BORN, 4)]
    number = make_ric("330782", BORN, 4)
    written = ("ric", f" {number[:6]} {number[6:].lower()}")
    assert queries.subjects_of([written]) == {written: subject}
    assert register(NewSubject(SubjectKind.PERSON, "王4", (written,))) == {written: subject}


def test_the_same_number_as_another_kind_is_somebody_else():
    number = make_ric("330782", BORN, 1)
    register(person(1))
    assert queries.subjects_of([("passport", number)]) == {}


def test_entering_again_changes_nothing():
    first = register(person(1), person(2))
    assert register(person(2), person(1), person(1)) == first
    assert models.Subject.objects.count() == 2


def test_a_new_passport_is_not_a_new_person():
    first = register(person(1, ("passport", "E1234567")))
    again = register(person(1, ("passport", "E7654321")))
    assert {*first.values(), *again.values()} == {first["passport", "E1234567"]}
    assert models.Document.objects.count() == 3


def test_a_thousand_at_once_are_entered_as_one_by_one():
    known = register(person(5), person(7, ("passport", "E0000007")))
    many = [person(n % 1000) for n in range(1200)]
    many += [person(5, ("passport", "E0000005")), NewSubject(SubjectKind.PERSON, "王7", (("passport", "E0000007"),))]
    many += [NewSubject(SubjectKind.HOUSE, f"{n}幢", (("unit", make_unit("330782", 1, n)),)) for n in range(400)]
    entered = register(*many)
    assert entered.items() >= known.items()
    assert entered["passport", "E0000005"] == known["ric", make_ric("330782", BORN, 5)]
    assert len(set(entered.values())) == models.Subject.objects.count() == 1400
    assert queries.subjects_of(entered) == entered
    some = entered["ric", make_ric("330782", BORN, 999)]
    assert (reveal(some)[some].name, reveal(some)[some].number) == ("王999", make_ric("330782", BORN, 999))


def test_one_wrong_or_doubtful_entry_among_a_thousand_refuses_the_whole():
    register(person(1), person(2))
    many = [person(n) for n in range(1000)]
    both = NewSubject(SubjectKind.PERSON, "王", tuple(("ric", make_ric("330782", BORN, n)) for n in (1, 2)))
    wrong = NewSubject(SubjectKind.ORGANISATION, "王", (("ric", make_ric("330782", BORN, 8)),))
    for one in (both, wrong):
        with pytest.raises(Refusal):
            register(*many, one)
    assert models.Subject.objects.count() == 2


def test_numbers_of_two_people_are_not_joined_by_themselves():
    register(person(1), person(2))
    both = NewSubject(SubjectKind.PERSON, "王", tuple(("ric", make_ric("330782", BORN, n)) for n in (1, 2)))
    with pytest.raises(Refusal) as refused:
        register(both, person(3))
    assert "两个已登记的主体" in refused.value.what.msgid
    assert models.Subject.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        NewSubject(SubjectKind.PERSON, "王", (("ric", "330782199003070000"),)),
        NewSubject(SubjectKind.PERSON, "王", ()),
        NewSubject(SubjectKind.PERSON, "王", (("uscc", make_uscc("330782", 1)),)),
        NewSubject(SubjectKind.PERSON, "王", (("library card", "1"),)),
    ],
)
def test_one_wrong_entry_refuses_the_whole(wrong):
    with pytest.raises(Refusal):
        register(person(1), wrong)
    assert not models.Subject.objects.exists()


def test_nothing_readable_lies_in_the_database():
    register(person(1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT d.*, s.* FROM people_document d JOIN people_subject s ON s.id = d.subject")
        cells = cursor.fetchone()
    stored = b"".join(bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode() for cell in cells)
    assert make_ric("330782", BORN, 1).encode() not in stored
    assert "王1".encode() not in stored


def test_opening_gives_the_newest_document_and_is_logged_first():
    entered = register(person(1), person(2))
    subject = entered["ric", make_ric("330782", BORN, 1)]
    passport = NewSubject(SubjectKind.PERSON, "王一", (("ric", make_ric("330782", BORN, 1)), ("passport", "E12345")))
    actions.register(people=[passport], now=NOW + datetime.timedelta(days=1))
    opened = reveal(*entered.values())
    assert (opened[subject].name, opened[subject].number, opened[subject].kind) == ("王一", "E12345", "passport")
    for each in entered.values():
        (line,) = log.about(each)
        assert (line.action, line.purpose, line.actor) == ("reveal", "核对申请人", "program")


def test_opening_needs_a_purpose():
    (subject,) = register(person(1)).values()
    with pytest.raises(Refusal):
        reveal(subject, purpose="  ")
    assert log.about(subject) == ()


def test_somebody_unknown_is_left_out_but_the_look_is_logged():
    nobody = uuid.uuid4()
    assert reveal(nobody) == {}
    assert len(log.about(nobody)) == 1


@pytest.mark.django_db(transaction=True)
def test_opening_does_not_hide_in_a_transaction_that_may_be_rolled_back():
    (subject,) = register(person(1)).values()
    with pytest.raises(RuntimeError), transaction.atomic():
        reveal(subject)


def test_a_seal_moved_to_another_person_does_not_open():
    one, two = register(person(1), person(2)).values()
    sealed = models.Document.objects.get(subject=one).name_sealed
    models.Document.objects.filter(subject=two).update(name_sealed=sealed)
    with pytest.raises(SealBroken):
        reveal(two)


def test_name_and_number_cannot_be_exchanged():
    (one,) = register(person(1)).values()
    row = models.Document.objects.get(subject=one)
    models.Document.objects.filter(subject=one).update(name_sealed=row.number_sealed)
    with pytest.raises(SealBroken):
        reveal(one)


def test_a_lost_key_file_is_not_replaced_by_a_new_one(home):
    (subject,) = register(person(1)).values()
    kept = (home / "keys.json").rename(home / "elsewhere.json")
    for attempt in (
        lambda: queries.subjects_of([("ric", make_ric("330782", BORN, 1))]),
        lambda: register(person(2)),
        lambda: reveal(subject),
    ):
        with pytest.raises(Refusal) as refused:
            attempt()
        assert "keys.json" in refused.value.now.msgid
    assert not (home / "keys.json").exists()
    kept.rename(home / "keys.json")
    assert reveal(subject)[subject].name == "王1"


def test_the_key_file_of_another_city_is_noticed_before_anything_is_written(home):
    register(person(1))
    (home / "keys.json").unlink()
    KeyFile().create()
    with pytest.raises(Refusal) as refused:
        register(person(2))
    assert "不配套" in refused.value.what.msgid
    assert models.Subject.objects.count() == 1


def test_the_database_keeps_one_subject_for_a_number():
    register(person(1))
    row = models.Document.objects.get()
    row.id = uuid.uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
