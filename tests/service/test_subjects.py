"""Subjects, connection, growth and two runs side by side: shapes, sums, words, what is withheld, and what a run lacks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuabien.plan.package import Plan
from cuabien.results import open_run, write_run
from cuabien.service import city as cities
from cuabien.service import connection as connections
from cuabien.service import diagrams, growth, residents, runs, subjects
from cuabien.service import schemas_of_subjects as shapes
from cuabien.service.city import City
from tests.service.test_pages import Reading

PAGES = (
    "subjects/",
    "connection/",
    "compare/",
    "areas/11329/growth/",
    *(f"subjects/{s}/" for s in subjects.SUBJECTS),
)


def ask(reader: Client, address: str) -> Any:
    answer = reader.get(f"/api/v1/{address}")
    assert answer.status_code == 200, (address, answer.content[:200])
    return json.loads(answer.content)


def page(reader: Client, address: str) -> str:
    answer = reader.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


# ---- homes with other runs --------------------------------------------------------------------------------

Home = Callable[[str, dict[str, pl.DataFrame | None], str | None], Path]


@pytest.fixture
def home_with(tmp_path: Path, served: City, settings: Any) -> Iterator[Home]:
    """A home that holds the real run and, under a name of its own, one whose tables were changed (None: taken away)."""
    assert served.run is not None
    run = served.run

    def make(name: str, tables: dict[str, pl.DataFrame | None], change: str | None) -> Path:
        changed = {file.stem: run.table(file.stem) for file in run.folder.glob("*.parquet")}
        for key, table in tables.items():
            changed.pop(key, None)
            if table is not None:
                changed[key] = table
        said = {key: value for key, value in run.manifest.items() if key not in ("files", "schema")}
        folder = tmp_path / "runs" / name
        write_run(folder, {**said, "change_hash": change}, changed, run.explain, run.faults)
        settings.CUABIEN_HOME = tmp_path
        cities.forget()
        return tmp_path

    yield make
    cities.forget()


@pytest.fixture
def two_runs(home_with: Home, served: City, tmp_path: Path) -> tuple[str, str]:
    """The plan's own run and one of a change in which a public, a withheld and a new project come otherwise."""
    assert served.run is not None
    shutil.copytree(served.run.folder, tmp_path / "runs" / served.run.folder.name)
    projects = served.run.table("projects").with_columns(
        opens=pl.when(pl.col("project").is_in(["PR02", "PR04"]))
        .then(2044)
        .otherwise(pl.col("opens"))
        .cast(pl.Int32)
    )
    new = pl.DataFrame({"project": ["PR99"], "opens": [2030], "comes": [True]}, schema=projects.schema)
    moved = served.run.table("indicators").with_columns(
        value=pl.when((pl.col("indicator") == "population") & (pl.col("area") == "11329"))
        .then(pl.col("value") * 1.2)
        .otherwise(pl.col("value"))
    )
    home_with("hai-phong-other-1", {"projects": pl.concat([projects, new]), "indicators": moved}, "ab" * 32)
    return served.run.folder.name, "hai-phong-other-1"


# ---- answers ----------------------------------------------------------------------------------------------


def test_flows_stand_in_columns_of_one_length(reader: Client) -> None:
    found = ask(reader, "flows?year=2030")
    assert 2030 in found["years"] and found["status"] == "assumed"
    columns = [
        found[way][name]
        for way in ("forward", "backward")
        for name in ("pcu_h", "vehicles_h", "use", "lost_minutes")
    ]
    assert {len(column) for column in columns} == {len(found["links"])} and len(found["links"]) > 100
    largest = max(v for way in ("forward", "backward") for v in found[way]["pcu_h"] if v is not None)
    assert 0 < largest <= found["most_pcu_h"]
    assert ask(reader, "flows?year=2045")["most_pcu_h"] == found["most_pcu_h"]


def test_a_pyramid_sums_to_the_residents(reader: Client, served: City) -> None:
    for area in ("11329", served.plan.header.city):
        found = ask(reader, f"areas/{area}/pyramid?year=2030")
        assert len(found["ages"]) == len(found["female"]) == len(found["male"]) == 21
        assert found["persons"] == pytest.approx(served.ahead.value("population", area, 2030), abs=1)
        assert sum(found["female"]) + sum(found["male"]) == pytest.approx(found["persons"], abs=3)
    parts = sum(ask(reader, f"areas/{part}/pyramid?year=2030")["persons"] for part in ("HP_old", "HD"))
    assert parts == pytest.approx(found["persons"], abs=1)
    district = ask(reader, "areas/D01/pyramid?year=2030")
    assert district["status"] == "no data" and district["persons"] is None


def test_causes_sum_to_the_growth_of_every_commune(served: City) -> None:
    for area in (served.plan.header.city, *(a.id for a in served.plan.communes)):
        found = growth.growth(served, area, 2025, 2045)
        assert found is not None
        assert sum(found.causes.values()) == pytest.approx(found.change, abs=1e-6 * found.before), area


def test_growth_speaks_both_languages_with_their_numbers(reader: Client) -> None:
    found = ask(reader, "areas/11329/growth?from=2025&to=2045")
    vi, en = found["sentences"]["vi"], found["sentences"]["en"]
    assert len(vi) == len(en) >= 4 and not set(vi) & set(en)
    after = round(found["after"])
    assert f"{after:,}" in en[0] and f"{after:,}".replace(",", ".") in vi[0]
    assert [c["cause"] for c in found["causes"]] == ["births", "deaths", "arrivals", "moves_within"]


def test_two_spans_add_up_to_the_whole(served: City) -> None:
    spans = [growth.growth(served, "11329", *ends) for ends in ((2025, 2032), (2032, 2045), (2025, 2045))]
    first, second, whole = (s for s in spans if s is not None)
    for cause, persons in whole.causes.items():
        assert first.causes[cause] + second.causes[cause] == pytest.approx(persons, abs=1e-6)


def test_shares_of_land_sum_to_one(reader: Client) -> None:
    found = ask(reader, "land?year=2030")
    uses = [use["id"] for use in found["uses"]]
    assert len(found["areas"]) == 114 == len(found["shares"]) == len(found["dominant"])
    for row, most in zip(found["shares"], found["dominant"], strict=True):
        assert sum(row) == pytest.approx(1, abs=1e-4)
        assert row[uses.index(most)] == max(row)


def test_sectors_and_limits_are_whole(reader: Client, served: City) -> None:
    found = ask(reader, "sectors")
    assert {row["id"] for row in found["sectors"]} == {"agriculture", "industry", "construction", "services"}
    year = found["years"].index(2030)
    jobs = sum(row["jobs"][year] for row in found["sectors"])
    assert jobs == pytest.approx(served.ahead.value("employment", served.plan.header.city, 2030), abs=5)
    for limit in found["limits"]:
        for wanted, used, binds in zip(limit["wanted"], limit["used"], limit["binds"], strict=True):
            assert used <= wanted + 1e-3 and (not binds or used < wanted + 1e-3)


def test_the_port_handles_no_more_than_it_can(reader: Client) -> None:
    found = ask(reader, "port")
    for wanted, handled, berths in zip(
        found["wanted"], found["handled"], found["berth_capacity"], strict=True
    ):
        assert handled <= min(wanted, berths) + 1e-3
    assert sum(len(area["phases"]) for area in found["berth_areas"]) > 5


def test_prices_say_when_they_stand_at_a_bound(reader: Client, served: City) -> None:
    """As the run says it, commune by commune; a year that the run does not hold is not there."""
    assert served.run is not None
    found = {row["area"]: row for row in ask(reader, "homes?year=2030")["areas"]}
    table = served.run.table("homes")
    rows = table.filter(table["year"] == 2030)
    assert set(found) == set(rows["area"])
    for row in rows.iter_rows(named=True):
        told = found[row["area"]]
        assert told["price_status"] == row["price_status"]
        assert told["price"] == pytest.approx(row["price"], abs=1e-5)
        assert told["price_status_name"]["vi"] and told["price_status_name"]["en"]
        assert told["priced_out"] == 0 or told["price_status"] == "at the ceiling"
    assert reader.get("/api/v1/homes?year=2199").status_code == 404


def test_the_links_that_hold_the_port_are_told_with_what_they_rest_on(reader: Client) -> None:
    """2040: the road to Nam Đồ Sơn is as wide as its class, and the page says that this is no finding."""
    found = {row["link"]: row for row in ask(reader, "connection?year=2040")["landside"]}
    assert found["L331"]["rests_on"] == "planned, class default"
    assert found["L331"]["capacity_mt_year"] == pytest.approx(59.4, abs=0.01)
    assert "Nam Đồ Sơn" in found["L331"]["name"]["vi"]
    assert "an assumption and no finding" in page(reader, "/en/connection/?year=2040")
    assert "là giả định chứ không phải kết luận" in page(reader, "/connection/?year=2040")


def test_electricity_used_is_electricity_given(reader: Client) -> None:
    found = ask(reader, "energy")
    for i, year in enumerate(found["years"]):
        demand, supply = (sum(row["twh"][i] for row in found[side]) for side in ("demand", "supply"))
        assert demand == pytest.approx(supply, rel=2e-3), year
    names = {row["name"]["vi"] for row in found["supply"]}
    assert any("LNG" in name for name in names)


def test_connection_marks_one_bottleneck_and_no_unknown_one(reader: Client) -> None:
    found = ask(reader, "connection?year=2030")
    chains = [terminal["chain"] for terminal in found["terminals"] if terminal["chain"]]
    assert len(chains) > 10
    for chain in chains:
        assert [stage["order"] for stage in chain] == sorted(stage["order"] for stage in chain)
        tight = [stage for stage in chain if stage["bottleneck"]]
        uses = [stage["use"] for stage in chain if stage["use"] is not None]
        assert bool(tight) == bool(uses)
        assert all(stage["use"] == max(uses) for stage in tight)
        assert all(stage["capacity"] is None for stage in chain if stage["status"] == "no data")
    for row in found["out_of_step"]:
        assert (
            row["sentence"]["vi"] != row["sentence"]["en"] and str(row["opens_year"]) in row["sentence"]["en"]
        )


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("flows?year=1999", 404),
        ("flows?year=1", 422),
        ("flows?year=soon", 422),
        ("flows", 422),
        ("land?year=2199", 404),
        ("connection?year=2199", 404),
        ("connection?year=-3", 422),
        ("areas/nobody/pyramid?year=2030", 404),
        ("areas/11329/pyramid?year=1950", 404),
        ("areas/..%2f..%2fetc/pyramid?year=2030", 404),
        ("areas/11329/growth?from=2040&to=2030", 422),
        ("areas/11329/growth?from=2030&to=2030", 422),
        ("areas/11329/growth?from=1999&to=2030", 404),
        ("areas/nobody/growth", 404),
        ("compare", 422),
        ("compare?run=a&other=b", 404),
        ("compare?run=..&other=..", 422),
        ("compare?run=../../etc/passwd&other=x", 422),
        ("compare?run=%2Fetc%2Fpasswd&other=x", 422),
        ("compare?run=a%00&other=b", 422),
        ("runs/nobody/indicators/population", 404),
        ("runs/a%00/indicators/population", 422),
    ],
)
def test_bad_input_is_answered_in_both_languages(reader: Client, address: str, status: int) -> None:
    answer = reader.get(f"/api/v1/{address}")
    assert answer.status_code == status
    detail = json.loads(answer.content)["detail"]
    assert detail["vi"] and detail["en"] and detail["vi"] != detail["en"]


@pytest.mark.parametrize(
    "address",
    [
        "/subjects/magic/",
        "/subjects/people/?year=1999",
        "/subjects/people/?year=soon",
        "/subjects/people/?year=%D9%A2%D9%A0%D9%A3%D9%A0",
        "/connection/?year=99999999999999999999",
        "/areas/nobody/growth/",
        "/areas/11329/growth/?from=2040&to=2030",
        "/areas/11329/growth/?from=2025&to=1999",
        "/compare/?run=../../etc",
        "/compare/?run=hai-phong-none",
        "/compare/?other=%2e%2e",
    ],
)
def test_a_page_of_nothing_is_not_found_in_words(reader: Client, address: str) -> None:
    for prefix, words in (("", "Trang này không tồn tại"), ("/en", "This page does not exist")):
        answer = reader.get(prefix + address)
        assert answer.status_code == 404, address
        assert words in answer.content.decode()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_no_text_breaks_a_page(reader: Client, text: str) -> None:
    for address in ("/subjects/people/", "/connection/"):
        assert reader.get(address, {"year": text}).status_code in (200, 404)
    assert reader.get("/compare/", {"run": text, "other": text, "indicator": text}).status_code in (200, 404)
    assert reader.get("/api/v1/compare", {"run": text, "other": text}).status_code in (404, 422)


def test_an_unchanged_answer_is_not_sent_again(reader: Client) -> None:
    for address in ("/api/v1/flows?year=2030", "/api/v1/connection?year=2030", "/subjects/port/"):
        first = reader.get(address)
        again = reader.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304 and again.content == b""


# ---- pages ------------------------------------------------------------------------------------------------


def test_every_drawing_has_words_and_every_table_a_caption(reader: Client) -> None:
    for name in PAGES:
        for prefix in ("/", "/en/"):
            read = Reading(page(reader, prefix + name))
            assert read.wrong == [] and read.tags["h1"] == 1, (prefix + name, read.wrong[:3])
            assert [i for i, count in read.ids.items() if count > 1] == [], prefix + name
            assert read.tags["table"] == read.tags["caption"]
            charts = [
                found for tag, found in read.attributes if tag == "svg" and found.get("class") == "chart"
            ]
            assert all(found.get("aria-labelledby") for found in charts)


def test_subjects_draw_what_they_say(reader: Client) -> None:
    for subject in ("people", "economy", "port", "land", "homes", "services", "transport", "energy"):
        assert '<svg class="chart"' in page(reader, f"/subjects/{subject}/"), subject


def test_numbers_are_written_as_each_language_writes_them(reader: Client, served: City) -> None:
    persons = round(served.ahead.value("population", served.plan.header.city, 2030) or 0)
    assert f"{persons:,}" in page(reader, "/en/subjects/people/?year=2030")
    assert f"{persons:,}".replace(",", ".") in page(reader, "/subjects/people/?year=2030")


def test_what_is_not_known_or_assumed_is_marked(reader: Client) -> None:
    text = page(reader, "/en/connection/?year=2030")
    assert "badge--no-data" in text and "badge--assumed" in text and "bottleneck" in text
    assert "không có dữ liệu" in page(reader, "/connection/?year=2030")


def test_an_area_page_leads_to_its_causes(reader: Client) -> None:
    assert 'href="/areas/11329/growth/"' in page(reader, "/areas/11329/")


# ---- an older run -----------------------------------------------------------------------------------------

OF_SUBJECTS = (
    "links", "terminals", "chains", "critical_links", "islands", "out_of_step", "mode_trips", "land", "homes", "jobs",
    "growth_causes", "services", "energy", "emissions", "limits", "investment", "budget", "underground",
    "underground_years", "population", "economy", "landside",
)  # fmt: skip


def test_a_run_without_tables_says_so(reader: Client, home_with: Home) -> None:
    home_with("hai-phong-bare-1", dict.fromkeys(OF_SUBJECTS), None)
    assert cities.current().run is not None
    for name in PAGES:
        text = page(reader, f"/en/{name}")
        if name not in ("subjects/", "compare/", "areas/11329/growth/"):
            assert "The run that is shown holds nothing of this" in text, name
    assert "does not say why people come" in page(reader, "/en/areas/11329/growth/")
    for address in (
        "flows?year=2030",
        "land?year=2030",
        "homes?year=2030",
        "connection?year=2030",
        "sectors",
        "port",
        "energy",
    ):
        assert ask(reader, address)["status"] == "no data", address
    assert ask(reader, "areas/11329/pyramid?year=2030")["status"] == "no data"
    assert ask(reader, "areas/11329/growth")["status"] == "no data"


def test_a_table_with_other_columns_is_as_good_as_none(reader: Client, home_with: Home, served: City) -> None:
    assert served.run is not None
    home_with("hai-phong-odd-1", {"links": served.run.table("links").drop("free_minutes")}, None)
    assert ask(reader, "flows?year=2030")["links"] == []


def test_without_any_run_the_pages_say_that_nothing_is_modelled(
    reader: Client, settings: Any, tmp_path: Path
) -> None:
    settings.CUABIEN_HOME = tmp_path
    cities.forget()
    for name in PAGES:
        page(reader, f"/{name}")
    assert "has not been modelled yet" in page(reader, "/en/connection/")
    assert ask(reader, "runs") == []
    cities.forget()


# ---- what is withheld -------------------------------------------------------------------------------------


def test_tables_are_read_without_what_is_withheld(reader: Client, home_with: Home, served: City) -> None:
    """A run whose tables name PR04 and Z165 where the model would: as out of step, as a work, as an investment."""
    assert served.run is not None
    steps, works = served.run.table("out_of_step"), served.run.table("underground")
    rows = [("PR04", "PR02", 2029, 2030, "prerequisite"), ("PR02", "PR04", 2030, 2031, "prerequisite")]
    steps = pl.concat([steps, pl.DataFrame(rows, schema=steps.schema, orient="row")])
    work = pl.DataFrame([("Z165", None, "tunnel", 2030, None, None, None)], schema=works.schema, orient="row")
    home_with("hai-phong-secret-1", {"out_of_step": steps, "underground": pl.concat([works, work])}, None)
    known = {row["opens"]["id"] for row in ask(reader, "connection?year=2030")["out_of_step"]}
    assert "PR02" not in known and "PR04" not in known and known
    for address in (
        "/api/v1/connection?year=2030",
        "/connection/",
        "/subjects/underground/",
        "/subjects/economy/",
    ):
        text = page(reader, address)
        assert "PR04" not in text and "Z165" not in text, address


def test_a_changed_run_reveals_nothing(reader: Client, two_runs: tuple[str, str], whole: Any) -> None:
    one, two = two_runs
    found = ask(reader, f"compare?run={one}&other={two}")
    assert [row["project"] for row in found["projects"]] == ["PR02"]
    secret = [whole.projects["PR04"].name_vi, whole.projects["PR04"].name_en, "PR04", "PR99", "S089", "Z165"]
    for address in (
        f"/api/v1/compare?run={one}&other={two}",
        f"/compare/?run={one}&other={two}",
        "/api/v1/runs",
    ):
        for prefix in ("", "/en") if address.startswith("/compare") else ("",):
            text = page(reader, prefix + address)
            assert [word for word in secret if word in text] == [], address


def test_a_title_that_names_what_is_withheld_is_not_shown(
    reader: Client, served: City, settings: Any, tmp_path: Path, folder: Path, whole: Any, home_with: Home
) -> None:
    """Of three changes in the plan's folder one touches a withheld project, one only names it, one is harmless."""
    from cuabien.plan.change import change_hash, read_change

    plan = shutil.copytree(folder, tmp_path / "plan")
    shutil.rmtree(plan / "scenarios", ignore_errors=True)
    (plan / "scenarios").mkdir()
    name = whole.projects["PR04"].name_vi
    texts = {
        "touches": '[[project]]\nid = "PR04"\nopens = 2040\n',
        "names": '[[project]]\nid = "PR02"\nopens = 2041\n',
        "harmless": '[[project]]\nid = "PR02"\nopens = 2042\n',
    }
    titles = {"touches": "Touching", "names": f"Unlike {name}", "harmless": "Một cầu muộn"}
    settings.CUABIEN_PLAN = plan
    for key, text in texts.items():
        file = plan / "scenarios" / f"{key}.toml"
        english = 'title_en = "A late bridge"\n' if key == "harmless" else ""
        title = json.dumps(titles[key], ensure_ascii=False)
        file.write_text(f"title_vi = {title}\n{english}{text}", "utf-8")
        home_with(f"hai-phong-{key}-1", {}, change_hash(read_change(file)))
    seen = {row["id"]: row["change_title"] for row in ask(reader, "runs")}
    assert seen == {
        "hai-phong-touches-1": None,
        "hai-phong-names-1": None,
        "hai-phong-harmless-1": {"vi": "Một cầu muộn", "en": "A late bridge"},
    }
    assert name not in page(reader, "/compare/")


def test_a_title_that_only_a_run_keeps_stands_in_no_list(
    reader: Client, home_with: Home, served: City, whole: Plan, tmp_path: Path
) -> None:
    """Anybody may call a change as they like: no list of ours says it for them."""
    from cuabien.plan.change import change_hash, read_change

    toml = 'title_vi = "Chửi bậy"\ntitle_en = "Swearing"\n[[project]]\nid = "PR02"\nopens = 2042\n'
    change = change_hash(read_change(toml.encode(), whole))
    home_with("hai-phong-late-1", {}, change)
    home_with("hai-phong-base-1", {}, None)
    file = tmp_path / "runs" / "hai-phong-late-1" / "manifest.json"
    kept = {"title_vi": "Chửi bậy", "title_en": "Swearing", "toml": toml}
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), "change": kept}), "utf-8")
    cities.forget()
    assert {row["change_title"] for row in ask(reader, "runs")} == {None}
    for address in ("/en/compare/", "/compare/"):
        text = page(reader, address)
        assert change[:8] in text and "Swearing" not in text and "Chửi bậy" not in text


# ---- two runs ---------------------------------------------------------------------------------------------


def test_only_runs_of_this_edition_are_listed(
    reader: Client, two_runs: tuple[str, str], served: City, tmp_path: Path
) -> None:
    one, two = two_runs
    for name, other in (
        ("hai-phong-old-1", {"plan_hash": "0" * 64}),
        ("hai-phong-town-1", {"plan": "tinytown"}),
    ):
        folder = shutil.copytree(tmp_path / "runs" / one, tmp_path / "runs" / name)
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        (folder / "manifest.json").write_text(json.dumps({**manifest, **other}), "utf-8")
    broken = tmp_path / "runs" / "hai-phong-broken-1"
    broken.mkdir()
    (broken / "manifest.json").write_text("[" * 50_000, "utf-8")
    cities.forget()
    assert [row["id"] for row in ask(reader, "runs")] == [one, two]
    assert [row["shown"] for row in ask(reader, "runs")] == [True, False]
    assert reader.get(f"/api/v1/compare?run={one}&other=hai-phong-old-1").status_code == 404


def test_an_indicator_of_another_run_stands_by_commune_and_year(
    reader: Client, two_runs: tuple[str, str], served: City
) -> None:
    one, two = two_runs
    found = ask(reader, f"runs/{one}/indicators/population")
    assert found["values"] == ask(reader, "indicators/population/communes")["values"], "the run that is shown"
    assert len(found["areas"]) == len(served.plan.communes) and len(found["city"]) == len(found["years"])
    other = ask(reader, f"runs/{two}/indicators/population")
    assert other["years"] == found["years"] and 0 < other["noise"] < 0.01
    assert reader.get(f"/api/v1/runs/{two}/indicators/nothing").status_code == 404


def test_a_damaged_run_is_not_compared(reader: Client, two_runs: tuple[str, str], tmp_path: Path) -> None:
    one, two = two_runs
    (tmp_path / "runs" / two / "projects.parquet").write_bytes(b"not what it was")
    assert reader.get(f"/api/v1/compare?run={one}&other={two}").status_code == 404
    assert reader.get(f"/compare/?run={one}&other={two}").status_code in (200, 404)


def test_two_runs_are_told_with_one_legend(reader: Client, two_runs: tuple[str, str], served: City) -> None:
    one, two = two_runs
    found = ask(reader, f"compare?run={one}&other={two}")
    people_moved = next(row for row in found["communes"] if row["indicator"] == "population")
    assert people_moved["areas"] == ["11329"]
    assert people_moved["second"][0] == pytest.approx(1.2 * people_moved["first"][0], rel=1e-6)
    assert all(row["better"] != [] for row in found["communes"])
    text = page(reader, f"/en/compare/?run={one}&other={two}&indicator=population&year=2030")
    assert text.count('id="map-first-title"') == 1 == text.count('id="map-second-title"')
    assert text.count("swatch--shade--5") == 1
    assert 'value="population" selected' in text and "<option selected>2030</option>" in text
    assert reader.get(f"/compare/?run={one}&other={two}&indicator=none").status_code == 404


def test_a_run_beside_itself_differs_in_nothing(reader: Client, two_runs: tuple[str, str]) -> None:
    one, _ = two_runs
    found = ask(reader, f"compare?run={one}&other={one}")
    assert not any(found[part] for part in ("indicators", "targets", "communes", "projects"))
    assert found["words"] == {"vi": [], "en": []}


def test_answers_fit_their_shapes(reader: Client, two_runs: tuple[str, str]) -> None:
    one, two = two_runs
    shapes.CompareAnswer.model_validate(ask(reader, f"compare?run={one}&other={two}"))
    for row in ask(reader, "runs"):
        shapes.RunRow.model_validate(row)


# ---- by hand ----------------------------------------------------------------------------------------------


def test_breaks_hold_equal_counts() -> None:
    bounds = diagrams.breaks([float(v) for v in range(1, 11)])
    assert bounds == [3.0, 5.0, 7.0, 9.0]
    assert [diagrams.shade_of(v, bounds) for v in (1.0, 3.0, 4.9, 9.0, 99.0)] == [1, 2, 2, 5, 5]
    assert diagrams.shade_of(None, bounds) == 0 == diagrams.shade_of(float("nan"), bounds)
    assert diagrams.breaks([]) == [] == diagrams.breaks([2.0, 2.0])


@given(st.lists(st.floats(-1e9, 1e9), max_size=60), st.floats(-1e9, 1e9))
def test_every_value_has_a_shade(values: list[float], value: float) -> None:
    assert 1 <= diagrams.shade_of(value, diagrams.breaks(values)) <= 5


def test_a_gauge_is_full_in_its_middle() -> None:
    assert 'width="60"' in diagrams.gauge(1.0) and "layer--gain" in diagrams.gauge(1.0)
    assert 'width="120"' in diagrams.gauge(7.0) and "layer--loss" in diagrams.gauge(7.0)
    assert diagrams.gauge(None) == ""


def test_groups_of_age_are_whole() -> None:
    found = diagrams.Ages([1.0] * 21, [2.0] * 21)
    assert residents.by_group(found) == (9.0, 30.0, 24.0)  # 3, 10 and 8 bands of three persons


def test_a_main_cause_pushes_the_same_way(served: City) -> None:
    found = growth.growth(served, "11329", 2025, 2045)
    assert found is not None
    causes = {"births": 10.0, "deaths": -30.0, "arrivals": 5.0, "moves_within": 95.0}
    grown = replace(found, before=1000.0, after=1080.0, causes=causes)
    text = " ".join(growth.sentences(served, grown))
    assert "+95" in text and "+80" in text and "−20" in text
    shrunk = replace(found, before=1000.0, after=980.0, causes={**causes, "moves_within": -5.0})
    assert "−20" in growth.sentences(served, shrunk)[1]


def test_neighbouring_links_that_cost_the_same_are_told_as_one(served: City) -> None:
    found = connections.connection(served, 2030).critical
    assert found
    assert [row.rank for row in found] == sorted(row.rank for row in found)
    told = [link.id for row in found for link in row.links]
    assert len(told) == len(set(told))


def test_opened_reads_only_what_is_listed(served: City) -> None:
    assert runs.opened(served, "../../etc") is None
    assert runs.opened(served, str(served.run_id)) == open_run(served.run.folder) if served.run else True


def test_a_small_rate_is_not_shown_as_nothing(reader: Client) -> None:
    page = reader.get("/variables/population.births/").content.decode()
    told = page.partition("population.hazard_background_female)")[2].partition("</summary>")[0]
    assert "0,000276" in told


def test_a_stage_without_a_known_capacity_says_so_in_a_sentence(reader: Client) -> None:
    for address, said, wrong in (
        ("/connection/", "chưa biết tải được bao nhiêu", "tải được không có dữ liệu"),
        ("/en/connection/", "what it can carry is not known", "can carry no data"),
    ):
        page = reader.get(address).content.decode()
        assert said in page and wrong not in page
