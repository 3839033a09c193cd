"""A city's departments, bodies and places, to find the offices that cells of a list name (公安局, 各镇街, 村（社区）, 外地民政部门)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from rapidfuzz import fuzz, process

from mianzheng.catalogue.rules.city import Body, City, Department, Place
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.rules import office_words as words
from mianzheng.reform.rules.meanings import plain
from mianzheng.reform.rules.offices import Kind, Level, Office

_FINANCE_KINDS = ("bank", "insurer")
_CENTRAL = re.compile(r"^(?:中国|国家|国网|南网|中央|中石)|铁路|火车站")
_ANY = {
    **dict.fromkeys(words.GENERIC_FINANCE.split(), (Kind.FINANCE, "")),
    **dict.fromkeys(words.GENERIC_PUBLIC.split(), (Kind.PUBLIC_BODY, "")),
    **dict.fromkeys(words.GOVERNMENT.split(), (Kind.ORGAN, "")),
    **dict.fromkeys(words.GENERIC_EMPLOYER.split(), (Kind.EMPLOYER, "employer")),
}
_BRACKETS = re.compile(r"\((?!社区|居|村|街道|乡|镇)[^()]*\)")
_WHOSE = re.compile(
    r"^.{0,16}?(?:所在|(?:户籍|居住|暂住|常住|发生|发现|经常居住|户口|注册|经营)地)(?:地)?的?(?:所在地)?(?=.)"
)
_AROUND = re.compile(
    r"^(?:由|各|有关|相关|当地|本地|辖区|属地|原|现|本|公安(?=派出所)|县级以上|二级以上|三甲|三级|二级|乡镇(?=卫生院)|镇(?=卫生院)|定点|指定|就诊|接诊|贷款|开户|全市|我市|本市)+(?=.)"
)
_ABROAD = re.compile(
    r"^(?:外地|外省市?|外市|外县|市外|省外|异地|境外|国外|外国|港澳台|原籍|原执业地|迁出地|转出地|某(?!某))|使领馆|使馆|领馆|领事馆"
)
_ABOVE = re.compile(
    rf"^(?:{'|'.join(words.PROVINCES.split())})?(?:省级?|国家|中央|部省属|国务院)(?!税务|统计|电网)|厅$|^(?:{'|'.join(words.MINISTRIES.split())}).*部(?:及直属单位)?$|总局$"
)
_ELSEWHERE = re.compile(
    r"^(?!本|我|全|各|该)[\u4e00-\u9fff]{2,4}?(?:省|自治区|州|市(?!场)|县|(?<![社城辖地市校小园片新库业发])区)(?=.*(?:局|厅|委|院|所|处|会|中心|办|政府|机关|部门|公司|行|大队)$)"
)
_GRADE = re.compile(r"^(?:市(?!场|监|政(?!府))|县|区)(?:级)?(?=.{2})")
_TAIL = re.compile(r"(?:行政|主管|职能)?(?:部门|机关|机构|系统|窗口)$|(?:集团)?(?:有限)?公司$")
_HEAD = re.compile(r"(?:[局委办院所处会行队站厅村社]|中心|部门|机关|机构|社区|镇街|街道|乡镇|学校|单位|企业|公司)$")
_BRANCH = re.compile(r"(?:股份)?(?:有限)?(?:责任)?(?:公司)?(?:市)?(?:分中心|分局|支行|分行|分公司|支公司|营业部)$")
_LIST = re.compile(r"[、，,/;；\n|]+|(?<![ -~\s])\s+|\s+(?![\s!-~])")
"""Blanks part offices too, but not the words of an English name."""
_ENGLISH = re.compile(r"[\x20-\x7e‘’]+")
_AND = re.compile(r"以及|或者|和|及|或|与")
_STATION = re.compile(r"(?<!研究)(?<!事务)(?<!车管)(?<!车辆管理)(?<!看守)(?<!拘留)(?:所|中队)$")
_TOWN = re.compile(rf"(?:{'|'.join(words.TOWN.split())})+(?:人民政府|政府)?(?:街道)?(?:办事处|办)?")
_TOWN_OFFICE = re.compile(r"^(?:镇街|乡镇|街道|镇|乡)(?:人民政府|政府|办事处)?(?=.*(?:办|站|中心|窗口|科)$)")
_COMMUNITY = re.compile(
    rf"(?:{'|'.join(sorted(words.COMMUNITY.split(), key=len, reverse=True))}|委员会|委会|会|两委|经济合作社)+"
)
_FINANCE = re.compile(
    "|".join(words.FINANCE.split()) + r"|(?<!社会)(?<!养老)(?<!失业)(?<!医疗)(?<!工伤)(?<!生育)保险|^.{1,3}行$"
)
_NO_SIGNS = re.compile(r"[()《》“”\"']")
_FUNCTIONS = [
    (function, re.compile("|".join(map(re.escape, spoken.split())))) for function, spoken in words.FUNCTIONS.items()
]


def _function(text: str) -> str:
    return next((function for function, pattern in _FUNCTIONS if pattern.search(text.replace("人民政府", "政府"))), "")


class Directory:
    """The offices of one city, to find those that cells name; what it found once it keeps, since lists repeat themselves."""

    def __init__(self, city: City) -> None:
        self._city_name = city.name
        self._city = re.escape(city.name.zh.rstrip("市县区州")) + "[市县区州]?"
        self._own = re.compile(self._city)
        self._exact: dict[str, Office] = {}
        self._english: dict[frozenset[str], Office] = {}
        self._cores: dict[str, Office] = {}
        self._by_function: dict[tuple[bool, str], list[Office]] = defaultdict(list)
        listed: list[Department | Body] = [*city.departments.values(), *city.bodies.values()]
        for each in listed:
            self._add(each)
        self._places = dict(self._placed(city.towns.values(), Level.TOWN)) | dict(
            self._placed(city.communities.values(), Level.COMMUNITY)
        )
        for name, office in self._places.items():
            self._exact.setdefault(name, office)
            self._add_english(office.name.en if office.name else "", office)
        names = sorted(map(re.escape, self._places), key=len, reverse=True)
        self._place = re.compile(f"^(?:{'|'.join(names)})") if names else None
        self._inside = [core for core, office in self._cores.items() if office.kind is not Kind.OUTSIDE]
        self._found: dict[str, tuple[Office, ...]] = {}

    def _add(self, each: Department | Body) -> None:
        kind = _kind(each)
        outside = kind is Kind.OUTSIDE
        office = Office(
            each.name.zh, each.code, each.name, kind, Level.OUTSIDE if outside else Level.CITY, 1.0, Reason(N_("与名录里的名称一致。")),
            central=kind is Kind.PUBLIC_BODY and _CENTRAL.search(each.name.zh) is not None,
        )  # fmt: skip
        self._exact.setdefault(plain(each.name.zh), office)
        self._add_english(each.name.en, office)
        core = self._core(plain(each.name.zh))
        self._cores.setdefault(core, office)
        if function := _function(core):
            self._by_function[outside, function].append(office)

    def _add_english(self, name: str, office: Office) -> None:
        if name:
            self._english.setdefault(_in_english(name), office)

    def _placed(self, places: Iterable[Place], level: Level) -> Iterable[tuple[str, Office]]:
        for place in places:
            reason = Reason(N_("与名录里的名称一致。"))
            yield plain(place.name.zh), Office(place.name.zh, place.code, place.name, Kind.ORGAN, level, 1.0, reason)

    def _core(self, name: str) -> str:
        """Return a name without the city, what stands above it, and what only says that it is a branch."""
        bare = _BRACKETS.sub("", name)
        bare = re.sub(r"^.{2,4}市(?=.*分(?:中心|局)$)|^国家.{2,4}总局(?=.)|人民政府(?=.*办公室$)", "", bare)
        bare = _BRANCH.sub("", self._own.sub("", bare)) or bare
        return re.sub(rf"^(?:{'|'.join(words.PROVINCES.split())})(?:省)?", "", bare) or bare

    def offices(self, cell: str) -> tuple[Office, ...]:
        """Return the offices a cell names, in its order; one that cannot be told is `UNRESOLVED`, never dropped."""
        if cell not in self._found:
            if len(self._found) > _KEPT:
                self._found.clear()
            self._found[cell] = self._read(cell)
        return self._found[cell]

    def _read(self, cell: str) -> tuple[Office, ...]:
        if whole := self._in_english(cell) if _ENGLISH.fullmatch(cell) else None:
            return (replace(whole, written=cell),)
        parts = [part for part in _LIST.split(cell.strip()) if part]
        found = [office for part in parts for office in self._with_and(part)]
        if len(parts) > 1 and any(office.kind is Kind.UNRESOLVED for office in found):
            whole = self._one(cell)
            if whole.kind is not Kind.UNRESOLVED and _LIST.split(cell.strip())[-1] and found[-1].code == whole.code:
                return (whole,)
        return tuple(found)

    def _with_and(self, part: str) -> tuple[Office, ...]:
        """Read a part without separators; an "and" divides it only where each side names an office by itself."""
        whole = self._one(part)
        pieces = [piece for piece in _AND.split(part) if piece]
        if len(pieces) < 2 or whole.confidence > _BY_NAME or not all(map(_HEAD.search, pieces)):
            return (whole,)
        found = tuple(self._one(piece) for piece in pieces)
        apart = len({(each.code, each.kind, each.level) for each in found}) > 1
        return found if apart and all(each.kind is not Kind.UNRESOLVED for each in found) else (whole,)

    def _one(self, written: str) -> Office:
        text = plain(written)
        if exact := self._exact.get(text) or (self._in_english(written) if _ENGLISH.fullmatch(written) else None):
            return replace(exact, written=written)
        bare = _BRACKETS.sub("", text) or text
        found = self._abroad(bare) or self._within(bare)
        return replace(found, written=written) if found else _unresolved(written)

    def _in_english(self, written: str) -> Office | None:
        """Find an office by its English name, whole or without the name of the city."""
        said = _in_english(written)
        if said in self._english:
            return self._english[said]
        if kind := _LEVELS_IN_ENGLISH.get(said):
            return _level(written, kind)
        city = _in_english(self._city_name.en)
        found = [office for name, office in self._english.items() if said and said - city == name - city]
        reason = Reason(N_("去掉本市名称后一致。"))
        return replace(found[0], confidence=0.97, reason=reason) if len(found) == 1 else None

    def _abroad(self, bare: str) -> Office | None:
        if self._own.search(bare) or (self._place and self._place.match(bare)):
            return None
        if not (_ABROAD.search(bare) or _ABOVE.search(bare) or _ELSEWHERE.match(bare)):
            return None
        named = self._by_function[True, _function(bare)]
        if len(named) == 1:
            return replace(named[0], confidence=0.85, reason=Reason(N_("写的是市外的“%(name)s”。"), {"name": bare}))
        return Office(
            bare, "", None, Kind.OUTSIDE, Level.OUTSIDE, 0.75, Reason(N_("“%(name)s”不在本市。"), {"name": bare})
        )

    def _within(self, bare: str) -> Office | None:
        whose = _WHOSE.match(bare)
        bare = bare[whose.end() :] if whose else bare
        core = _NO_SIGNS.sub("", _GRADE.sub("", self._core(_AROUND.sub("", bare)))) or bare
        found = (
            self._of_level(core) or self._of_any(core) or self._station(core) or self._finance(core) or self._by_core(core)
            or self._by_what_it_does(core) or self._abbreviated(core, self._inside) or self._alike(core)
            or _of_a_kind(core)
        )  # fmt: skip
        if found and whose and found.kind is not Kind.EMPLOYER:
            reason = Reason(N_("按本人%(where)s写的，在本市时就是它。"), {"where": whose[0].rstrip("的")})
            return replace(found, confidence=min(found.confidence, 0.7), reason=reason)
        return found

    def _of_level(self, core: str) -> Office | None:
        """Find a named place, or a level as a whole (各镇街, 村（社区）)."""
        if self._place and (place := self._place.match(core)) and not _STATION.search(core):
            office = self._places[place[0]]
            return office if place[0] == core else replace(office, confidence=0.95)
        for pattern, level in ((_TOWN, Level.TOWN), (_COMMUNITY, Level.COMMUNITY)):
            if len(core) <= _LONGEST and pattern.fullmatch(core):
                return _level(core, level)
        return _level(core, Level.TOWN) if _TOWN_OFFICE.match(core) and _function(core) else None

    def _of_any(self, core: str) -> Office | None:
        if core not in _ANY:
            return None
        kind, code = _ANY[core]
        return Office(
            core,
            code,
            None,
            kind,
            Level.CITY,
            0.8,
            Reason(N_("“%(name)s”泛指一类单位，没有说是哪一个。"), {"name": core}),
        )

    def _station(self, core: str) -> Office | None:
        """Find a station in a town (派出所, 司法所): the department's, at the level of the town."""
        if not _STATION.search(core):
            return None
        found = self._by_what_it_does(core)
        if found is None:
            return None
        reason = Reason(N_("是“%(office)s”设在镇街的。"), {"office": found.name or found.written})
        return replace(found, level=Level.TOWN, confidence=0.85, reason=reason)

    def _finance(self, core: str) -> Office | None:
        if not _FINANCE.search(core):
            return None
        bodies = [name for name in self._inside if self._cores[name].kind is Kind.FINANCE]
        if core in bodies:
            return self._by_core(core)
        if found := self._abbreviated(core, bodies):
            return found
        reason = Reason(N_("是金融机构，名录里没有它。"))
        return Office(core, "", None, Kind.FINANCE, Level.CITY, 0.6, reason)

    def _by_core(self, core: str) -> Office | None:
        found = self._cores.get(core)
        reason = Reason(N_("去掉本市名称后一致。"))
        return replace(found, confidence=0.97, reason=reason) if found and found.kind is not Kind.OUTSIDE else None

    def _by_what_it_does(self, core: str) -> Office | None:
        function = _function(core)
        offices = self._by_function[False, function] if function else []
        if not offices:
            return None
        names = [self._core(plain(office.written)) for office in offices]
        best = max(range(len(offices)), key=lambda n: (fuzz.ratio(core, names[n]), -n))
        reason = Reason(N_("按职能找到，可能是简称或者机构改革前的名称。"))
        return replace(offices[best], confidence=_BY_NAME if len(offices) == 1 else 0.7, reason=reason)

    def _abbreviated(self, core: str, names: Iterable[str]) -> Office | None:
        """Find the one name whose letters `core` has in order (农商银行, 人社局); the shortest of several."""
        stem = _TAIL.sub("", core) or core
        if not 1 < len(stem) <= words.ABBREVIATED:
            return None
        names = list(names)
        fits = [name for name in names if _within_order(stem, name)]
        fits, sure = (fits, 0.85) if fits else ([name for name in names if stem in name], 0.7)
        if not fits:
            return None
        name = min(fits, key=lambda name: (len(name), name))
        reason = Reason(N_("“%(short)s”像是它的简称。"), {"short": core})
        return replace(self._cores[name], confidence=sure if len(fits) == 1 else 0.6, reason=reason)

    def _alike(self, core: str) -> Office | None:
        found = (
            process.extractOne(core, self._inside, scorer=fuzz.ratio, score_cutoff=_ALIKE) if len(core) > 3 else None
        )
        if found is None:
            return None
        return replace(self._cores[found[0]], confidence=round(found[1] / 125, 2), reason=Reason(N_("名称写法相近。")))


def _in_english(name: str) -> frozenset[str]:
    """Return the words of an English name, in whatever order it is put (Bureau of Civil Affairs)."""
    words = re.findall(r"[a-z0-9]+", name.casefold().replace("’", "'").replace("'s", ""))
    return frozenset(words) - {"the", "of", "for", "and", "or", "municipal", "city"}


_LEVELS_IN_ENGLISH = {
    **dict.fromkeys(map(_in_english, ("town", "towns", "town or subdistrict", "towns and subdistricts")), Level.TOWN),
    **dict.fromkeys(
        map(
            _in_english,
            ("village", "villages", "community", "communities", "village or community", "villages and communities"),
        ),
        Level.COMMUNITY,
    ),
}
_KEPT = 100_000
_LONGEST = 20
"""Letters of the longest cell that may name a level; patterns of many short words are slow on long nonsense."""
_BY_NAME = 0.9
_ALIKE = 75


def _within_order(short: str, name: str) -> bool:
    """Tell whether the letters of `short` stand in `name` in this order, from one of its first three letters on."""
    place = name.find(short[0], 0, 3)
    for letter in short[1:]:
        if place < 0:
            return False
        place = name.find(letter, place + 1)
    return place >= 0


def _kind(each: Department | Body) -> Kind:
    if isinstance(each, Department):
        return Kind.VERTICAL if each.kind == "vertical" else Kind.ORGAN
    if each.kind in _FINANCE_KINDS:
        return Kind.FINANCE
    return Kind(each.kind) if each.kind in ("notary", "outside") else Kind.PUBLIC_BODY


def _of_a_kind(core: str) -> Office | None:
    if not core.endswith(tuple(words.OF_A_KIND.split())):
        return None
    reason = Reason(N_("是公共服务机构，名录里没有它。"))
    return Office(core, "", None, Kind.PUBLIC_BODY, Level.CITY, 0.6, reason)


def _level(written: str, level: Level) -> Office:
    return Office(written, str(level), None, Kind.ORGAN, level, 0.95, Reason(_LEVELS[level]))


_LEVELS: Mapping[Level, str] = {Level.TOWN: N_("指各镇街。"), Level.COMMUNITY: N_("指各村（社区）。")}


def _unresolved(written: str) -> Office:
    return Office(written, "", None, Kind.UNRESOLVED, Level.UNKNOWN, 0.0, Reason(N_("名录里找不到，请人工指定。")))
