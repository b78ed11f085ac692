"""The data interface: shapes as its OpenAPI says, bad input in words, nothing withheld, the same answer as a 304."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuabien.plan.package import Plan
from cuabien.service import schemas
from cuabien.service.city import City


def ask(reader: Client, address: str, **parameters: str) -> Any:
    answer = reader.get(f"/api/v1/{address}", parameters)
    assert answer.status_code == 200, (address, answer.content[:200])
    return json.loads(answer.content)


@pytest.mark.slow
def test_every_address_answers(reader: Client, interface: list[str]) -> None:
    wrong = {a: s for a in interface if (s := reader.get(a).status_code) != 200}
    assert wrong == {}
    assert len(interface) > 400


def test_maps_are_what_the_schema_says(reader: Client, interface: list[str]) -> None:
    """They leave as bytes, past the framework's own check, so they are checked here."""
    for address in interface:
        if address.endswith(".geojson"):
            schemas.FeatureCollection.model_validate_json(reader.get(address).content)


def test_the_first_view_has_three_figures_and_the_target_that_judges_growth(
    reader: Client, served: City
) -> None:
    headlines = ask(reader, "explorer")["headlines"]
    assert [h["indicator"] for h in headlines] == ["population", "grdp_growth", "port_teu"]
    people, growth, _ = headlines
    assert people["first"]["year"] == served.today.year and people["last"]["year"] == 2045
    assert growth["target"]["indicator"] == "grdp_growth_avg" and growth["target"]["year"] == 2030
    assert growth["target"]["superseded"] is False
    assert growth["target"]["verdict"] in ("on track", "off track")


def test_a_found_zone_says_what_kind_of_zone_it_is(reader: Client, served: City) -> None:
    zone = next(hit for hit in ask(reader, "search?q=do+son") if hit["kind"] == "zone")
    assert zone["kind_name"]["vi"] not in ("khu", "")


def test_the_explorer_learns_what_there_is(reader: Client, served: City) -> None:
    found = ask(reader, "explorer")
    assert found["plan"]["id"] == "hai-phong" and found["plan"]["edition_hash"] == served.edition
    assert found["years"] == list(range(2025, 2046))
    assert found["run"]["id"] == served.run_id
    west, south, east, north = found["bounds"]
    assert 105.9 < west < 106.4 and 20 < south < 20.8 and 106.9 < east < 108 and 20.9 < north < 21.4
    assert found["counts"]["communes"] == 114 and found["counts"]["statements"] == 104
    assert [layer["id"] for layer in found["layers"]] == [
        "urban",
        "industrial",
        "tourism",
        "marine",
        "underground",
        "spatial",
    ]
    population = next(i for i in found["indicators"] if i["id"] == "population")
    assert population["by_commune"] and population["simulated"] and population["status"] == "assumed"


def test_values_by_commune_fit_their_axes(reader: Client) -> None:
    found = ask(reader, "indicators/population/communes")
    assert len(found["areas"]) == 114 == len(found["values"])
    assert all(len(row) == len(found["years"]) for row in found["values"])
    low, high = found["domain"]
    assert 0 < low < high
    total = sum(row[0] for row in found["values"])
    city = ask(reader, "indicators/population/series", area="HP_new")["simulated"][0]["value"]
    assert total == pytest.approx(city, rel=1e-6)


def test_a_series_keeps_the_boundaries_apart(reader: Client) -> None:
    old = ask(reader, "indicators/grdp_growth/series", area="HP_old")
    new = ask(reader, "indicators/grdp_growth/series", area="HP_new")
    assert {p["boundary"] for p in old["observed"]} == {"before-2025-07"}
    assert {p["boundary"] for p in new["observed"]} == {"since-2025-07"}
    assert old["observed"][0]["source"]["title"]


def test_what_is_planned_in_a_commune(reader: Client, served: City) -> None:
    found = ask(reader, "areas/11411")
    assert "PR02" in {p["id"] for p in found["projects"]}
    assert found["area"]["name"]["vi"] and found["schematic"] is True
    assert found["indicators"][0]["first"]["year"] <= 2026


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("hong bang", "Hồng Bàng"),
        ("Hồng Bàng", "Hồng Bàng"),
        ("HONG BANG", "Hồng Bàng"),
        ("do son", "Đồ Sơn"),
        ("đồ sơn", "Đồ Sơn"),
        ("dong hai", "Đông Hải"),
        ("cat hai", "Cát Hải"),
        ("phuong hai duong", "Hải Dương"),
        ("bach long vi", "Bạch Long Vĩ"),
    ],
)
def test_a_commune_is_found_with_or_without_accents(reader: Client, query: str, name: str) -> None:
    found = ask(reader, "search", q=query)
    assert found[0]["kind"] == "commune"
    assert name in found[0]["name"]["vi"]
    assert found[0]["lon"] and found[0]["address"].startswith("/areas/")


def test_search_finds_projects_and_indicators_too(reader: Client) -> None:
    kinds = {
        hit["kind"]
        for q in ("lach huyen 2", "dân số", "nomura", "tan vu")
        for hit in ask(reader, "search", q=q)
    }
    assert {"project", "indicator", "zone"} <= kinds
    assert ask(reader, "search", q="") == [] == ask(reader, "search", q="qqqqqqq")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("areas/nobody", 404),
        ("projects/PR999", 404),
        ("projects/PR04", 404),
        ("programme/S999", 404),
        ("sources/none", 404),
        ("indicators/none/series", 404),
        ("indicators/population/series?area=nowhere", 404),
        ("map/cities.geojson", 422),
        ("layers/secret.geojson", 422),
        ("areas/%00", 422),
        ("areas/a%27%20OR%201=1", 422),
        (f"areas/{'9' * 300}", 422),
        (f"search?q={'a' * 300}", 422),
        ("nothing-here", 404),
    ],
)
def test_bad_input_is_answered_in_both_languages(reader: Client, address: str, status: int) -> None:
    answer = reader.get(f"/api/v1/{address}")
    assert answer.status_code == status
    problem = json.loads(answer.content)
    assert (
        problem["detail"]["vi"]
        and problem["detail"]["en"]
        and problem["detail"]["vi"] != problem["detail"]["en"]
    )


def test_only_reading_is_possible(reader: Client) -> None:
    for method in ("post", "put", "patch", "delete"):
        assert getattr(reader, method)("/api/v1/projects").status_code == 405
        assert getattr(reader, method)("/projects/").status_code == 405


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=120))
def test_no_text_breaks_the_search(reader: Client, text: str) -> None:
    assert reader.get("/api/v1/search", {"q": text}).status_code in (200, 422)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_no_id_breaks_a_page_or_an_answer(reader: Client, text: str) -> None:
    from urllib.parse import quote

    part = quote(text, safe="")
    for address in (
        "/areas/{}/",
        "/programme/{}/",
        "/en/projects/{}/",
        "/api/v1/areas/{}",
        "/api/v1/programme/{}",
    ):
        assert reader.get(address.format(part)).status_code in (200, 301, 302, 404, 422)


@pytest.mark.slow
def test_answers_are_as_the_openapi_says(served: City) -> None:
    """Schemathesis invents requests from the schema and holds every answer against it, in this process."""
    import schemathesis
    from schemathesis import checks

    from cuabien.service.wsgi import application

    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    wanted = [
        checks.not_a_server_error,
        checks.CHECKS.get_by_names(["status_code_conformance"])[0],
        checks.CHECKS.get_by_names(["response_schema_conformance"])[0],
    ]
    operations = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        operations += 1

        @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy())
        def holds(case: Any) -> None:
            case.headers = {**(case.headers or {}), "Host": "localhost", "Accept-Encoding": "identity"}
            answer = case.call()
            case.validate_response(answer, checks=wanted)

        holds()
    assert operations > 15


@pytest.mark.slow
def test_nothing_withheld_is_in_any_answer(reader: Client, interface: list[str], whole: Plan) -> None:
    names = {p.name_vi for p in whole.projects.values() if not p.public}
    names |= {p.name_en for p in whole.projects.values() if not p.public}
    names |= {z.row.name_vi for z in whole.zones.values() if not z.row.public}
    names |= {s.statement_vi for s in whole.programme.values() if not s.public}
    names |= {p.status_vi or "" for p in whole.projects.values() if not p.public} - {""}
    leaks = {(a, n) for a in interface for n in names if n in reader.get(a).content.decode()}
    assert names and leaks == set()
    board = {row["id"]: row for row in ask(reader, "programme")}
    assert board["S089"]["public"] is False and board["S089"]["statement"] == {"vi": "", "en": ""}
    assert ask(reader, "programme/S089")["projects"] == []
    assert "PR04" not in {p["id"] for p in ask(reader, "projects")}
    assert "PR04" not in ask(reader, "programme/S047")["projects"]


def test_an_unchanged_answer_is_not_sent_again(reader: Client) -> None:
    for address in ("/api/v1/explorer", "/api/v1/areas.geojson", "/", "/en/targets/"):
        first = reader.get(address)
        again = reader.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304 and again.content == b""


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_answers_are_compressed_on_request(reader: Client, encoding: str) -> None:
    import gzip

    import brotli

    plain = reader.get("/api/v1/areas.geojson")
    small = reader.get("/api/v1/areas.geojson", headers={"Accept-Encoding": encoding})
    assert small.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in small.headers["Vary"]
    unpack = brotli.decompress if encoding == "br" else gzip.decompress
    assert unpack(small.content) == plain.content
    assert len(small.content) < len(plain.content) / 2
    again = reader.get(
        "/api/v1/areas.geojson",
        headers={"Accept-Encoding": encoding, "If-None-Match": small.headers["ETag"]},
    )
    assert again.status_code == 304
