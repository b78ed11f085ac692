"""Every page answers in both languages, is sound HTML, speaks one language, and shows nothing that is withheld."""

from __future__ import annotations

import html
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from django.test import Client

from cuabien.plan.package import Plan
from cuabien.service.city import City

CATALOGUES = Path(__file__).parent.parent.parent / "src/cuabien/locale/vi/LC_MESSAGES"
VOID = {"meta", "link", "img", "br", "hr", "input"}
SVG_VOID = {"line", "circle", "path", "polyline", "polygon", "rect"}


class Reading(HTMLParser):
    """What a page is made of, and whether its tags close."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, bool]] = []
        self.wrong: list[str] = []
        self.ids: Counter[str] = Counter()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.links: list[str] = []
        self.words: list[str] = []
        """Text in the page's own language."""
        self.text = text
        self.feed(text)
        self.close()
        self.wrong += [f"<{tag}> is never closed" for tag, _ in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags[tag] += 1
        self.attributes.append((tag, found))
        if found.get("id"):
            self.ids[str(found["id"])] += 1
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        if tag not in VOID:
            foreign = ("lang" in found and tag != "html") or "verbatim" in (found.get("class") or "")
            self.open.append((tag, foreign or tag in ("code", "script", "style")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes.append((tag, dict(attrs)))
        if tag not in SVG_VOID | VOID:
            self.wrong.append(f"<{tag}/> closes itself")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            self.wrong.append(f"</{tag}> closes {self.open[-1:] or 'nothing'}")
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(foreign for _, foreign in self.open):
            self.words.append(" ".join(data.split()))


@pytest.fixture
def read(reader: Client, served: City, pages: list[str]) -> dict[str, Reading]:
    """Address -> page, of every page in both languages; read once for all tests here."""
    return served.remember(
        "test pages", lambda: {address: Reading(reader.get(address).content.decode()) for address in pages}
    )


@pytest.mark.slow
def test_every_page_answers(reader: Client, pages: list[str]) -> None:
    wrong = {address: status for address in pages if (status := reader.get(address).status_code) != 200}
    assert wrong == {}
    assert len(pages) > 900


@pytest.mark.slow
def test_every_page_is_sound(read: dict[str, Reading]) -> None:
    wrong = {}
    for address, page in read.items():
        faults = list(page.wrong)
        faults += [f"{count} ids {name}" for name, count in page.ids.items() if count > 1]
        faults += [f"{page.tags['h1']} h1"] if page.tags["h1"] != 1 else []
        faults += ["no main"] if page.tags["main"] != 1 else []
        faults += ["inline style"] if any("style" in found for _, found in page.attributes) else []
        faults += ["inline handler"] if any(k.startswith("on") for _, f in page.attributes for k in f) else []
        faults += ["a table without caption"] if page.tags["table"] != page.tags["caption"] else []
        for _, found in page.attributes:
            named = (found.get("aria-labelledby") or "").split()
            faults += [f"aria-labelledby {name} names nothing" for name in named if name not in page.ids]
        faults += ["no description"] if 'name="description" content=""' in page.text else []
        faults += [f"{link} is empty" for link in page.links if link in ("", "#")]
        if faults:
            wrong[address] = sorted(set(faults))[:5]
    assert wrong == {}


@pytest.mark.slow
def test_every_link_inside_leads_somewhere(reader: Client, read: dict[str, Reading]) -> None:
    """Links to pages that were read are followed to their part; of the others (one indicator in one area) every 40th."""
    links = sorted({link for page in read.values() for link in page.links if link.startswith("/")})
    beyond = [link for link in links if link.partition("#")[0] not in read]
    wrong = {
        link for link in beyond[::40] if reader.get(link.partition("#")[0], follow=True).status_code != 200
    }
    for link in set(links) - set(beyond):
        address, _, part = link.partition("#")
        if part and "=" not in part and part not in read[address].ids:
            wrong.add(link)
    assert wrong == set()


def test_titles_are_told_apart(read: dict[str, Reading]) -> None:
    titles = Counter(
        re.findall(r"<title>(.*?)</title>", page.text)[0] for a, page in read.items() if "?" not in a
    )
    assert [title for title, count in titles.items() if count > 2] == []


@pytest.mark.slow
def test_a_vietnamese_page_speaks_vietnamese(read: dict[str, Reading]) -> None:
    """No English sentence of the interface on a Vietnamese page: every text of it is looked for as a whole."""
    catalogue = polib.pofile(str(CATALOGUES / "django.po"))
    english = {e.msgid for e in catalogue if e.msgstr and e.msgstr != e.msgid}
    catalogue = polib.pofile(str(CATALOGUES / "cuabien.po"))
    english |= {e.msgid for e in catalogue if e.msgstr and e.msgstr != e.msgid and "{" not in e.msgid}
    found = {}
    english = {word.lower() for word in english} - {"container"}
    for address, page in read.items():
        if not address.startswith("/en"):
            mixed = {word.strip(" ,.:()·").lower() for word in page.words} & english
            if mixed:
                found[address] = mixed
    assert found == {}


def test_an_english_page_speaks_english(read: dict[str, Reading]) -> None:
    vietnamese = {
        e.msgstr.lower()
        for e in polib.pofile(str(CATALOGUES / "django.po"))
        if e.msgstr and e.msgstr.lower() != e.msgid.lower() and not e.msgstr.isascii()
    }
    found = {
        address: mixed
        for address, page in read.items()
        if address.startswith("/en")
        and (mixed := {w.strip(" ,.:()·").lower() for w in page.words} & vietnamese)
    }
    assert found == {}


def secrets(whole: Plan) -> set[str]:
    """Texts of what is withheld: names, states and notes that are long enough to mean something."""
    rows = [r for r in whole.programme.values() if not r.public]
    things = [r for r in whole.projects.values() if not r.public]
    zones = [z.row for z in whole.zones.values() if not z.row.public]
    texts = {t for r in rows for t in (r.statement_vi, r.statement_en, r.evidence_vi, r.evidence_en, r.note)}
    texts |= {
        t
        for r in things
        for t in (r.name_vi, r.name_en, r.status_vi, r.status_en, r.size_vi, r.size_en, r.cost_note, r.note)
    }
    texts |= {t for z in zones for t in (z.name_vi, z.name_en, z.note)}
    return {t for t in texts if t and len(t) > 8}


@pytest.mark.slow
def test_nothing_withheld_is_on_any_page(read: dict[str, Reading], whole: Plan) -> None:
    kept = secrets(whole)
    assert len(kept) > 5
    leaks = set()
    for address, page in read.items():
        text = html.unescape(page.text).casefold()
        leaks |= {(address, secret) for secret in kept if secret.casefold() in text}
    assert leaks == set()


def test_what_is_withheld_is_listed_by_kind_only(reader: Client, served: City) -> None:
    assert {kept.table for kept in served.withheld.values()} == {"programme", "projects", "zones"}
    statement = reader.get("/programme/S089/").content.decode()
    assert "S089" in statement and "không công khai" in statement and "D6b" not in statement
    assert reader.get("/projects/PR04/").status_code == 200
    assert "PR04" not in reader.get("/projects/").content.decode()


def test_a_project_page_says_no_data_for_a_missing_cost(reader: Client, served: City) -> None:
    without = next(p for p in served.plan.projects.values() if p.cost_bn_vnd is None)
    assert "không có dữ liệu" in reader.get(f"/projects/{without.id}/").content.decode()
    assert "no data" in reader.get(f"/en/projects/{without.id}/").content.decode()


def test_numbers_and_dates_are_written_as_each_language_writes_them(reader: Client, served: City) -> None:
    vi, en = (reader.get(f"{p}/projects/PR02/").content.decode() for p in ("", "/en"))
    assert "8.700</span>" in vi and "8,700</span>" in en
    assert "12/2024" in vi and "Dec 2024" in en


def test_a_late_project_comes_first_and_says_so(reader: Client, served: City) -> None:
    from cuabien.service import stories

    late = [p for p in served.plan.projects.values() if stories.is_late(p, served.today)]
    text = reader.get("/en/projects/").content.decode()
    rows = re.findall(r'<tr id="(PR\d+)">(.*?)</tr>', text, re.DOTALL)
    assert [i for i, row in rows if "badge--late" in row] == [i for i, _ in rows[: len(late)]]


def test_areas_are_in_vietnamese_order(reader: Client, served: City) -> None:
    from cuabien.service.order import by_name

    text = reader.get("/areas/").content.decode()
    for table in re.findall(r"<tbody>(.*?)</tbody>", text, re.DOTALL):
        names = [html.unescape(n) for n in re.findall(r'<th scope="row"><a [^>]*>([^<]+)<', table)]
        assert names == sorted(names, key=by_name)
        if "Phường Đồ Sơn" in names:
            assert (
                names.index("Phường Dương Kinh") < names.index("Phường Đồ Sơn") < names.index("Phường Hải An")
            )


def test_a_number_of_faults_that_is_zero_is_no_alarm(reader: Client, served: City) -> None:
    tally = re.findall(r'<p class="tally">(.*?)</p>', reader.get("/checks/").content.decode(), re.DOTALL)[0]
    assert ("badge--bad" in tally) == any(f.fault.severity == "fault" for f in served.findings)
    shown = int(re.findall(r'class="count">([\d.]+)<', tally)[1].replace(".", ""))
    assert shown == sum(f.fault.severity == "warning" for f in served.findings)
    assert served.hidden_findings == 0 or str(served.hidden_findings) in tally


def test_the_language_switch_keeps_the_page(reader: Client, served: City) -> None:
    text = reader.get("/projects/?state=late").content.decode()
    assert 'href="/en/projects/?state=late"' in text
    text = reader.get("/en/areas/11948/").content.decode()
    assert 'href="/areas/11948/"' in text


def test_an_unknown_page_answers_404_in_words(reader: Client, served: City) -> None:
    for address, words in {
        "/nowhere/": "Trang này không tồn tại",
        "/en/projects/PR999/": "This page does not exist",
        "/areas/%00/": "Trang này không tồn tại",
        "/areas/..%2f..%2fetc/": "Trang này không tồn tại",
        "/indicators/population/?area=nowhere": "Trang này không tồn tại",
    }.items():
        answer = reader.get(address)
        assert answer.status_code == 404, address
        assert words in answer.content.decode(), address


def test_the_explorer_page_carries_its_words_and_a_list_without_script(reader: Client, served: City) -> None:
    import json

    text = reader.get("/").content.decode()
    words = json.loads(re.findall(r'<script id="words" type="application/json">(.*?)</script>', text)[0])
    assert words["Map"] == "Bản đồ"
    assert text.count('href="/areas/') >= 114
    assert 'data-api="/api/v1/"' in text and 'data-language="vi"' in text
