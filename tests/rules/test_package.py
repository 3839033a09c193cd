"""Reading a city package: a right one becomes a city, a wrong one is refused whole, each problem with file and line."""

import json
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from mianzheng.catalogue.adapters.folder import files_of
from mianzheng.catalogue.commands import city as command
from mianzheng.catalogue.rules import stories
from mianzheng.catalogue.rules.editing import RowEdit, applied, rows_of
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.catalogue.rules.package import counts, read
from mianzheng.catalogue.rules.papers import kept_for, papers_of
from mianzheng.common.errors import Refusal
from tests.second_city.reading import CITY, FILES, FOLDER, changed

YIWU = Path(__file__).parents[2] / "cities" / "yiwu"

# what is wrong: file, what stood there, what stands there now, the line to be named, a part of the sentence
PLANTED = {
    "a column is missing": ("towns.csv", "kind,source", "source", 1, "lacks: kind"),
    "a row is short": ("bodies.csv", ",water,modelled", ",water", 2, "4 cells where the header has 5"),
    "a code stands twice": ("departments.csv", "homes,", "civil,", 3, "'civil' a second time"),
    "an owner is unknown": ("items.csv", "Jobs,civil", "Jobs,nobody", 5, "'nobody': there is no such department"),
    "a word is not of the list": (
        "items.csv",
        "person,conditional,month",
        "person,sometimes,month",
        5,
        "expected one of",
    ),
    "a number is none": ("matters.csv", "online;window,5", "online;window,soon", 2, "a whole number is expected"),
    "a date is none": ("batches.csv", "2019-06-01", "last June", 2, "a date such as"),
    "English is missing": ("communities.csv", "Well Community", "", 2, "English must be complete"),
    "a predicate names no field": ("facts.yaml", "r.amount", "r.amuont", 6, "amuont"),
    "a predicate compares a number with a text": (
        "facts.yaml",
        "r.amount > p.limit",
        "'r.amount == \"0\"'",
        6,
        "no matching",
    ),
    "a predicate gives no yes or no": (
        "facts.yaml",
        "where: r.serious",
        "where: 'r.serious ? 1 : 0'",
        10,
        "a yes or no",
    ),
    "the newest record cannot be known": ("fields.csv", "date,,yes", "date,,", 4, "no field marked newest"),
    "a relation leads nowhere": (
        "relations.yaml",
        "field: spouse",
        "field: status",
        1,
        "no such field of type subject",
    ),
    "a cancelled certificate is asked for": ("matters/abroad.yaml", "abroad-paper", "work-paper", 4, "nobody may ask"),
    "the paper struck through is retained": (
        "matters/home.yaml",
        "work-paper",
        "abroad-paper",
        15,
        "not among the papers",
    ),
    "a commitment has no text": ("matters/home.yaml", "commit-works", "commit-all", 12, "no such text"),
    "a notice stands for a commitment": ("matters/home.yaml", "commit-works", "notice", 12, "which is no commitment"),
    "a parameter is missing": ("matters/bus.yaml", "params: {limit: 100}, ", "", 7, "lacks 'limit'"),
    "a parameter has another type": ("matters/bus.yaml", "limit: 100", "limit: much", 7, "type integer is expected"),
    "a need hangs on no question": (
        "matters/home.yaml",
        "when: {field: marital",
        "when: {field: age",
        14,
        "no such question",
    ),
    "a relative may have nobody": ("facts.yaml", ", empty: holds", "", 0, "must say 'empty"),
    "an answer cannot be given": ("matters/home.yaml", "is: married", "is: maried", 14, "has no such answer"),
    "a question stands twice": ("matters/home.yaml", "code: rooms", "code: marital", 7, "a second time"),
    "a limit is no number": ("matters/home.yaml", "max: 4", "max: four", 7, "a number is expected"),
    "a matter holds no mapping": ("matters/bus.yaml", FILES["matters/bus.yaml"], "- x", 1, "a mapping is expected"),
    "a date is no day": ("facts.yaml", "where: r.serious", "where: 2026-02-31", 0, "not valid YAML"),
    "YAML is broken": ("city.yaml", "zone: Asia", "zone: [Asia", 7, "not valid YAML"),
    "a text has no version": ("texts/notice.md", "version: 1", "version: new", 2, "a whole number is expected"),
    "a retained certificate has a batch": (
        "certificates.csv",
        "retained,,5",
        "retained,1,5",
        3,
        "only cancelled certificates",
    ),
    "a column is not known": ("items.csv", "system,source", "sistem,source", 1, "'sistem', which is not known"),
    "a rule of curiosity is of no kind": ("curiosity.yaml", "kind: no_case", "kind: hunch", 2, "expected one of"),
    "a rule of curiosity has another's threshold": (
        "curiosity.yaml",
        "no_case, points: 3",
        "no_case, days: 3",
        2,
        "'days'",
    ),
    "a rule of curiosity names no relation": ("curiosity.yaml", "[spouse]", "[cousin]", 3, "no such relation"),
    "a rule of curiosity lacks a threshold": (
        "curiosity.yaml",
        "days: 14, desks: 2",
        "days: 14",
        6,
        "'desks' is empty",
    ),
    "office hours are no times": ("curiosity.yaml", 'opens: "08:30"', "opens: 8:30", 4, "in quotation marks"),
    "office hours end before they begin": ("curiosity.yaml", 'closes: "17:30"', 'closes: "07:30"', 4, "not later than"),
    "a norm is taken from days nobody keeps": (
        "curiosity.yaml",
        "keep_days: 90",
        "keep_days: 9",
        1,
        "fewer than the 20",
    ),
    "a period of curiosity is missing": ("curiosity.yaml", "head_days: 2, ", "", 1, "'head_days' is empty"),
    "curiosity has a key nobody reads": (
        "curiosity.yaml",
        "lead_at: 3",
        "lead_at: 3, mercy: 1",
        1,
        "'mercy' is not known",
    ),
    "a key of the city is not known": ("city.yaml", "zone: Asia", "zoom: x\nzone: Asia", 6, "'zoom' is not known"),
    "a base register is of no known kind": (
        "city.yaml",
        "zone: ",
        "base_items: {men: card}\nzone: ",
        6,
        "'men' is not known",
    ),
    "a base register is no item": ("city.yaml", "zone: ", "base_items: {person: crad}\nzone: ", 6, "no such item"),
    "a base register is about others": ("city.yaml", "zone: ", "base_items: {house: card}\nzone: ", 6, "about person"),
    "base registers are no mapping": ("city.yaml", "zone: ", "base_items: card\nzone: ", 6, "is no mapping of kinds"),
    "a key of its policy is not known": ("city.yaml", "stale_cycles", "stale_cycle", 7, "'stale_cycle' is not known"),
    "a key of a fact is not known": ("facts.yaml", "empty: holds", "emty: holds", 5, "'emty' is not known"),
    "a key of a parameter is not known": (
        "facts.yaml",
        "{type: integer,",
        "{kind: x, type: integer,",
        6,
        "'kind' is not",
    ),
    "a key of a relation is not known": ("relations.yaml", "where:", "bse: x, where:", 1, "'bse' is not known"),
    "a key of a matter is not known": ("matters/bus.yaml", "grant:", "foo: bar\ngrant:", 3, "'foo' is not known"),
    "a key of a question is not known": ("matters/home.yaml", "max: 4", "maximum: 4", 7, "'maximum' is not known"),
    "a key of a choice is not known": (
        "matters/home.yaml",
        "{code: divorced,",
        "{cod: x, code: divorced,",
        6,
        "'cod' is",
    ),
    "a key of a prefill is not known": ("matters/home.yaml", "field: status}", "field: status, x: y}", 5, "'x' is not"),
    "a key of a need is not known": ("matters/home.yaml", "commitment:", "comitment:", 12, "'comitment' is not known"),
    "a key of a condition is not known": (
        "matters/home.yaml",
        "is: married}",
        "is: married, or: x}",
        14,
        "'or' is not",
    ),
    "a key of a paper is not known": ("matters/home.yaml", "trips: 2", "trips: 2, days: 3", 15, "'days' is not known"),
    "a key of a result is not known": (
        "matters/home.yaml",
        "{name: 住房通知,",
        "{title: x, name: 住房通知,",
        16,
        "'title' is",
    ),
    "a key of a text is not known": (
        "texts/notice.md",
        "version: 1",
        "version: 1\nauthor: x",
        3,
        "'author' is not known",
    ),
    "a settled certificate has no fact": ("certificates.csv", "works,commitment", ",commitment", 2, "it must be named"),
    "a basis has a law and no article": (
        "certificates.csv",
        "第二条,local",
        ",local",
        3,
        "'basis_article' is empty",
    ),
    "a basis has an article and no law": (
        "certificates.csv",
        "石桥出境条例,Shiqiao Exit Regulation,",
        ",,",
        3,
        "'basis_law' is empty",
    ),
    "a basis has no force": ("certificates.csv", "local_regulation", "", 3, "'basis_force' is empty"),
    "a basis has a force of no kind": ("certificates.csv", "local_regulation", "custom", 3, "expected one of"),
    "a basis stands nowhere": ("certificates.csv", "modelled,modelled", ",modelled", 3, "'basis_source' is empty"),
    "a force without a basis": ("certificates.csv", "300,,,,,,", "300,,,,law,,", 2, "'basis_law' is empty"),
    "a certificate is kept on a rule of a ministry": (
        "certificates.csv",
        "local_regulation",
        "departmental_rule",
        3,
        "no certificate demanded in the city can rest",
    ),
    "a certificate is kept on nothing": (
        "certificates.csv",
        "石桥出境条例,Shiqiao Exit Regulation,第二条,local_regulation,modelled",
        ",,,,",
        3,
        "it needs one to be kept",
    ),
}


def test_the_second_city_reads_without_a_problem_and_knows_what_its_files_say():
    assert read(FILES)[1] == ()
    assert (CITY.code, CITY.name.in_("en"), CITY.policy.check_days) == ("990001", "Shiqiao", 2)
    assert counts(CITY)["batches"] == [1]
    assert [need.code for need in CITY.matters["home"].work.needs] == ["has-card", "no-debt", "works", "spouse-no-debt"]
    assert CITY.matters["home"].work.needs[1].deadline == CITY.policy.check_days
    assert CITY.matters["well"].work is None
    assert CITY.texts["commit-works"].version == 2


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_error_is_named_with_its_file_and_line(kind):
    file, old, new, line, part = PLANTED[kind]
    if kind == "a column is missing":
        files = {**FILES, file: FILES[file].replace(",street", "").replace(old, new)}
    else:
        files = changed(file, old, new)
    city, problems = read(files)
    assert city is None
    assert any(part in problem.message for problem in problems), problems
    if line:
        assert (file if "newest" not in kind else "facts.yaml", line) in {(p.file, p.line) for p in problems}, problems


BASIS = "石桥出境条例,Shiqiao Exit Regulation,第二条,local_regulation,modelled"


def test_a_certificate_says_which_article_it_is_said_to_rest_on_and_whether_it_may():
    basis = CITY.certificates["abroad-paper"].basis
    assert (basis.law.in_("en"), basis.article, basis.force) == (
        "Shiqiao Exit Regulation",
        "第二条",
        "local_regulation",
    )
    assert basis.accepted
    assert CITY.certificates["work-paper"].basis is None


def test_a_cancelled_certificate_may_have_rested_on_what_is_no_basis():
    city, problems = read(
        changed("certificates.csv", "300,,,,,", f"300,{BASIS.replace('local_regulation', 'normative_document')}")
    )
    assert problems == ()
    assert not city.certificates["work-paper"].basis.accepted


def test_what_is_asked_for_outside_the_city_is_kept_without_a_basis():
    files = changed("certificates.csv", BASIS, ",,,,")
    files["certificates.csv"] = files["certificates.csv"].replace("civil,organ,city", "civil,outside,outside")
    city, problems = read(files)
    assert problems == ()
    assert city.certificates["abroad-paper"].basis is None


def test_an_edition_of_before_certificates_had_a_basis_is_still_read():
    table = FILES["certificates.csv"]
    for columns in ("basis_law,basis_law_en,basis_article,basis_force,basis_source,", ",,,,,", f"{BASIS},"):
        table = table.replace(columns, "", 1)
    city, problems = read({**FILES, "certificates.csv": table})
    assert problems == ()
    assert {certificate.basis for certificate in city.certificates.values()} == {None}


OPTIONAL = ("asking.yaml", "curiosity.yaml", "statutes.csv", "repealed.csv", "reform.yaml")


@pytest.mark.parametrize("file", sorted(FILES))
def test_without_any_one_file_nothing_is_loaded(file):
    left = {name: text for name, text in FILES.items() if name != file}
    city, problems = read(left)
    if file.startswith("matters/"):
        assert city is not None
        assert city.matters[Path(file).stem].work is None
    elif file in OPTIONAL:  # an edition of before there was such a file is still read
        assert city is not None
    else:
        assert city is None
        assert problems


def test_ten_errors_of_ten_kinds_are_told_together(tmp_path):
    planted = [
        ("towns.csv", "kind,source", "source"),
        ("departments.csv", "homes,", "civil,"),
        ("items.csv", "person,conditional,month", "person,sometimes,month"),
        ("matters.csv", "online;window,5", "online;window,soon"),
        ("batches.csv", "2019-06-01", "last June"),
        ("communities.csv", "Well Community", ""),
        ("facts.yaml", "r.amount > p.limit", "'r.amount == \"0\"'"),
        ("matters/abroad.yaml", "abroad-paper", "work-paper"),
        ("matters/home.yaml", "commit-works", "commit-all"),
    ]
    files = dict(FILES)
    for file, old, new in planted:
        files[file] = files[file].replace(old, new, 1)
    del files["calendar.csv"]
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    told = CliRunner().invoke(command, ["check", str(tmp_path), "--json"])
    assert told.exit_code == 1
    found = json.loads(told.stdout)
    assert set(found) == {"problems"}, "figures of a package that is refused mean nothing"
    assert {problem["file"] for problem in found["problems"]} >= {file for file, _, _ in planted} | {"calendar.csv"}
    assert all(problem["line"] or problem["file"] == "calendar.csv" for problem in found["problems"])


def test_problems_do_not_repeat_and_stand_in_the_order_of_the_files():
    _, problems = read(changed("departments.csv", "civil,", "other,"))
    assert list(problems) == sorted(set(problems))


TOLD = """
agent: {place: well, name: 代办员, name_en: Agent}
stories:
- code: home
  title: 申请住房
  title_en: A home
  matter: home
  who: alive
  parts: {spouse: spouse}
  records:
    applicant: {card: [{valid_until: +1y}]}
    spouse: {debts: []}
  disputes: {spouse: [debts]}
  form: {marital: married}
  choices: {works: commit}
  expected:
    status: submitted
    papers_asked: 0
    facts:
    - {fact: no-debt, about: spouse, way: data, verdict: holds}
"""

WRONG_STORIES = {
    "place: well": ("place: wel", 2, "no such community"),
    "matter: home": ("matter: hom", 7, "no such matter"),
    "matter: home\n": ("matter: well\n", 7, "not worked out"),
    "spouse: {debts": ("child: {debts", 12, "'child' is none of 'parts'"),
    "{card:": ("{crad:", 11, "'crad': there is no such item"),
    "{valid_until": ("{valid", 11, "'valid' is not known"),
    "[debts]}": ("[debt]}", 13, "'debt': there is no such item"),
    "{marital:": ("{martial:", 14, "'martial' is not known"),
    "{works: commit": ("{work: commit", 15, "no such need"),
    "works: commit": ("works: comit", 15, "expected one of"),
    "expected:": ("expcted:", 16, "'expcted' is not known"),
    "{fact: no-debt": ("{fact: no-det", 20, "no such fact"),
    "{fact: no-debt,": ("{fact: married,", 20, "does not need"),
    "about: spouse": ("about: child", 20, "no such relation"),
    "way: data": ("way: daat", 20, "expected one of"),
    "verdict: holds": ("verdict: hold", 20, "expected one of"),
}


@pytest.mark.parametrize("old", WRONG_STORIES)
def test_a_story_that_refers_to_what_is_not_there_is_named_with_its_line(old):
    new, line, part = WRONG_STORIES[old]
    assert read({**FILES, "demo/stories.yaml": TOLD})[1] == ()
    city, problems = read({**FILES, "demo/stories.yaml": TOLD.replace(old, new, 1)})
    assert city is None
    assert any(p.file == "demo/stories.yaml" and p.line == line and part in p.message for p in problems), problems
    assert read({**FILES, "demo/stories.yaml": TOLD.replace(old, new, 1)}, stories=False)[1] == ()


def test_stories_use_the_words_of_verifying():
    from mianzheng.evidence.rules.progress import Option
    from mianzheng.evidence.rules.verdicts import Verdict, Way

    assert (set(stories.WAYS), set(stories.VERDICTS)) == ({*Way}, {*Verdict})
    assert set(stories.CHOICES) <= {*Option}


@pytest.mark.parametrize("file", sorted(FILES))
@pytest.mark.parametrize("broken", ["missing", "not UTF-8", "not valid"])
def test_a_file_that_cannot_be_read_is_one_problem_not_many(file, broken):
    files = {**FILES, "demo/stories.yaml": TOLD}
    if broken == "missing":
        del files[file]
    else:
        files[file] = None if broken == "not UTF-8" else "\t- x: ["
    city, problems = read(files)
    if (file.startswith("matters/") or file in OPTIONAL) and broken == "missing":
        return  # a matter nobody worked out is none of the package's faults, nor that nobody asks from outside
    assert city is None
    assert len(problems) == (2 if broken == "not valid" and file.endswith(".csv") else 1), problems
    other = file
    if broken == "missing" and file.startswith("texts/"):  # told of the one that is there
        other = file.replace(".en.md", ".md") if ".en." in file else file.replace(".md", ".en.md")
    assert {problem.file for problem in problems} == {other}


def test_what_others_may_follow_from_is_told_first():
    files = changed("bodies.csv", ",water,modelled", ",water")
    files["towns.csv"] = None
    _, problems = read(files)
    assert [problem.file for problem in problems][:2] == ["towns.csv", "bodies.csv"]


WORDS = [
    "",
    "yes",
    "no",
    "-1",
    "0",
    "1",
    "{",
    "[",
    "'",
    '"',
    ",",
    ": ",
    "- ",
    "[]",
    "{}",
    "x: y",
    "2026-02-31",
    "\x00",
    "applicant",
    "\n",
]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_whatever_an_editor_breaks_the_answer_is_a_city_or_problems_never_an_error(data):
    file = data.draw(st.sampled_from(sorted(FILES)))
    text = FILES[file]
    for _ in range(data.draw(st.integers(1, 2))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 30)))
        text = text[:start] + data.draw(st.sampled_from(WORDS)) + text[end:]
    city, problems = read({**FILES, file: text})
    assert (city is None) == bool(problems)
    assert all(problem.file and problem.message for problem in problems)


def test_a_folder_without_a_package_and_a_file_in_another_encoding_are_refused(tmp_path):
    with pytest.raises(Refusal):
        files_of(tmp_path)
    (tmp_path / "city.yaml").write_text("code: x", encoding="utf-8")
    (tmp_path / "towns.csv").write_bytes("街道".encode("gb18030"))
    with pytest.raises(Refusal) as refused:
        files_of(tmp_path)
    assert refused.value.what.params == {"file": "towns.csv"}
    told = CliRunner().invoke(command, ["check", str(tmp_path), "--json"])
    assert told.exit_code == 1
    found = json.loads(told.stdout)["problems"]
    assert {"file": "towns.csv", "line": 1, "message": "not UTF-8: save it as UTF-8"} in found
    assert len(found) > 10, "all the others are told with it"


def test_check_says_in_lines_what_is_there():
    told = CliRunner().invoke(command, ["check", str(FOLDER)])
    assert told.exit_code == 0, told.output
    assert "0 problems" in told.output


@pytest.fixture(scope="module")
def yiwu():
    city, problems = read(files_of(YIWU))
    assert problems == ()
    return city


def test_yiwu_counts_what_was_promised(yiwu):
    found = counts(yiwu)
    exactly = {
        "departments": 41,
        "towns": 14,
        "items": 288,
        "certificates": 270,
        "certificates_government": 244,
        "certificates_finance": 26,
        "by_commitment": 49,
        "yearly_volume": 445_000,
        "matters": 150,
    }
    assert {name: found[name] for name in exactly} == exactly
    assert len(found["batches"]) == 4
    assert (found["batches"][0], sum(found["batches"])) == (69, 270)
    assert found["communities"] >= 60
    assert found["facts"] >= 60
    assert found["retained"] >= 1


def test_yiwu_has_its_real_places_bodies_of_every_kind_and_its_worked_matters(yiwu):
    assert sum(town.kind == "street" for town in yiwu.towns.values()) == 8
    (jimingshan,) = [place for place in yiwu.communities.values() if place.name.zh == "鸡鸣山社区"]
    assert yiwu.towns[jimingshan.parent].name.zh == "江东街道"
    kinds = {body.kind for body in yiwu.bodies.values()}
    assert kinds >= {"education", "health", "water", "power", "gas", "telecom", "transport", "rail", "bank", "insurer"}
    worked = [matter for matter in yiwu.matters.values() if matter.work]
    assert len(worked) == 25
    assert all(matter.work.papers for matter in worked)
    last = [batch.number for batch in yiwu.batches.values()][-1]
    finance = [c for c in yiwu.certificates.values() if c.kind == "finance"]
    assert sum(c.batch == last for c in finance) > len(finance) / 2


def test_yiwu_uses_only_items_with_fields_and_asks_only_for_what_is_retained(yiwu):
    used = {fact.item for fact in yiwu.facts.values()}
    assert all(yiwu.items[code].fields for code in used)
    for matter in yiwu.matters.values():
        for need in matter.work.needs if matter.work else ():
            if need.retained:
                assert yiwu.certificates[need.retained].disposal is Disposal.RETAINED


def test_yiwu_keeps_inside_the_city_only_what_a_law_or_regulation_demands(yiwu):
    kept = [c for c in yiwu.certificates.values() if c.disposal is Disposal.RETAINED]
    inside = [c for c in kept if c.demander_kind != "outside"]
    assert {c.code for c in inside} == {"found-child-reported", "unnatural-death", "adopter-children", "end-use"}
    assert all(c.basis and c.basis.accepted for c in inside)
    assert len(kept) == 26


def test_yiwu_claims_a_basis_for_few_of_what_it_cancelled_and_says_where_it_stands(yiwu):
    claimed = [c for c in yiwu.certificates.values() if c.basis]
    assert Counter(c.basis.force for c in claimed) == {
        "law": 8,
        "administrative_regulation": 14,
        "local_regulation": 5,
        "departmental_rule": 1,
    }
    assert sum(c.disposal is not Disposal.RETAINED for c in claimed) == 24
    assert all(c.basis.source.startswith("http") for c in claimed)
    assert {c.basis.law.zh[:3] for c in claimed if c.basis.force == "local_regulation"} == {"浙江省"}


@pytest.mark.parametrize(
    ("old", "new", "line", "part"),
    [
        ("kinds: [bank]", "kinds: [zoo]", 8, "there is no such kind of body"),
        ("facts: [no-debt, works, married]", "facts: [rich]", 8, "there is no such fact"),
        ("facts: [no-debt, works, married]", "facts: []", 8, "has nothing to ask"),
        ("code: loan", "code: home", 8, "is a matter already"),
        ("items: [credit]", "items: [gold]", 5, "there is no such item"),
        ("private: [bank]", "private: bank", 1, "a list is expected"),
        ("largest: 10000", "largets: 10000", 6, "is not known here"),
    ],
)
def test_what_is_wrong_about_askers_is_told_with_its_line(old, new, line, part):
    city, problems = read(changed("asking.yaml", old, new))
    assert city is None
    assert any((p.file, p.line) == ("asking.yaml", line) and part in p.message for p in problems), problems


def test_every_rule_of_curiosity_of_yiwu_has_its_source_in_both_languages():
    city, _problems = read(files_of(YIWU))
    assert city is not None and city.curiosity.rules
    assert [rule.code for rule in city.curiosity.rules if not (rule.source.zh and rule.source.en)] == []


def test_a_certificate_not_dealt_with_yet_is_still_asked_for_and_struck_through_once_it_is_cancelled():
    asked = dict(FILES)
    rows = rows_of(FILES["certificates.csv"])
    code = next(code for code, row in rows.items() if row["kind"] == "government")
    edit = RowEdit("certificates.csv", code, {"disposal": "asked", "batch": ""}, {"disposal": rows[code]["disposal"]})
    city, problems = read(applied(asked, [edit]))
    assert city is not None, problems
    assert counts(city)["asked"] == 1
    asking = [m for m in city.matters.values() if m.work and any(p.certificate == code for p in m.work.papers)]
    for matter in asking:
        assert code in {c.code for c in kept_for(city, matter)}
        assert code not in {p.certificate for p in papers_of(city, matter.work)}
    assert asking


def test_a_certificate_may_wait_for_its_english_name():
    row = rows_of(FILES["certificates.csv"])
    code = next(iter(row))
    edit = RowEdit("certificates.csv", code, {"name_en": ""}, {})
    city, problems = read(applied(FILES, [edit]))
    assert city is not None, problems
    assert city.certificates[code].name.in_("en") == row[code]["name"]
