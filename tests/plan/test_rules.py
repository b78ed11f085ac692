"""Each planning rule: an edit of tinytown on which it fires, and a near miss on which it stays silent."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from cuabien.plan.checks import RULES, check
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from tests.plan.edits import Entry, edit, edited, new, remove, square

TODAY = dt.date(2026, 1, 1)
REPORT = new("document", "report-2024-11-14")
SECOND = new("document", "DOC2", date="2026")
OLD_DISTRICT = new("area", "D1", kind="district", boundary="before-2025-07", part_of="EAST")
ON_Z1 = square(106.66, 20.76)


def proposals(count: int) -> list[Entry]:
    return [new("statement", f"SP{n}", code=f"P{n:02d}") for n in range(1, count + 1)]


def directives(count: int) -> list[Entry]:
    return [new("statement", f"SD{n}", code=f"D{n}b") for n in range(1, count + 1)]


def underground(identity: str, top: float | None = None, bottom: float | None = None, **fields: Any) -> Entry:
    depths = {} if top is None else {"depth_top_m": top, "depth_bottom_m": bottom}
    usual = {"layer": "underground", "kind": "metro", "geometry": square(106.55, 20.75)}
    return new("zone", identity, **{**usual, **depths, **fields})


def metro(**fields: Any) -> list[Entry]:
    """A line from N1 to N2."""
    return [
        new("line", "M1", **fields),
        new("line_stop", "M1.1"),
        new("line_stop", "M1.2", place=2, node="N2", minutes=12),
    ]


CASES: dict[str, tuple[list[Entry], list[Entry]]] = {
    # ---- projects: rule -> (it fires, a near miss)
    "project-before-prerequisite": (
        [edit("project", "P2", opens=2032)],
        [edit("project", "P2", opens=2030)],  # both in 2030 is in time
    ),
    "prerequisite-stopped": (
        [edit("project", "P2", status="stopped")],
        [edit("project", "P2", status="proposed")],
    ),
    "prerequisite-without-date": (
        [edit("project", "P2", blank=["opens"])],
        [edit("project", "P2", blank=["opens"], status="operating")],
    ),
    "project-past-end": (
        [edit("project", "P2", starts=2024, opens=2025)],
        [edit("project", "P2", starts=2024, opens=2026)],  # "2026" is not over on 1 January 2026
    ),
    "started-without-end": (
        [edit("project", "P2", blank=["opens"])],
        [edit("project", "P2", blank=["opens"], predicted_opens=2029)],
    ),
    "start-passed": (
        [edit("project", "P1", starts=2025)],
        [edit("project", "P1", starts=2026)],
    ),
    "opens-before-start": (
        [edit("project", "P1", starts=2031)],
        [edit("project", "P1", starts=2030)],
    ),
    "in-use-too-early": (
        [edit("project", "P2", status="operating")],
        [edit("project", "P2", status="operating", starts=2024, opens=2025)],
    ),
    "state-from-the-future": (
        [edit("project", "P1", status_date="2026-02")],
        [edit("project", "P1", status_date="2026")],
    ),
    "earliest-after-opening": (
        [edit("project", "P1", not_before=2031)],
        [edit("project", "P1", not_before=2030)],
    ),
    "capacity-falls": (
        [edit("project", "P1", phases=[_phase := {"year": 2028, "value": 10, "unit": "t", "confidence": "source read"}, {**_phase, "year": 2030, "value": 5}])],
        [edit("project", "P1", phases=[_phase, {**_phase, "year": 2030, "value": 5, "unit": "TEU"}])],
    ),
    "phase-outside": (
        [edit("project", "P1", phases=[{**_phase, "year": 2031}])],
        [edit("project", "P1", phases=[{**_phase, "year": 2030}])],
    ),
    "takes-very-long": (
        [edit("project", "P2", starts=2012)],
        [edit("project", "P2", starts=2013)],
    ),
    "project-without-access": (
        [edit("terminal", "K1", blank=["road_node", "rail_node", "waterway_node"])],
        [edit("terminal", "K1", blank=["rail_node", "waterway_node"])],
    ),
    "access-not-stated": (
        [edit("project", "P1", blank=["terminals"])],
        [edit("project", "P1", blank=["terminals"], status="stopped")],
    ),
    "project-on-other-boundary": (
        [OLD_DISTRICT, edit("project", "P1", communes=["D1"])],
        [OLD_DISTRICT, edit("project", "P1", communes=["EAST"])],  # a reporting area lies in no boundary's communes
    ),
    # ---- network
    "link-to-itself": (
        [edit("link", "E1", to_node="N1")],
        [new("node", "N99", lon=106.548, lat=20.925), new("link", "E99", from_node="N1", to_node="N99", length_km=0.1)],
    ),
    "link-too-short": (
        [edit("link", "E1", length_km=9)],
        [edit("link", "E1", length_km=9.95)],
    ),
    "link-too-long": (
        [edit("link", "E1", length_km=50)],
        [edit("link", "E1", length_km=40)],
    ),
    "link-closes-before-opening": (
        [edit("link", "E1", opens=2030, closes=2030)],
        [edit("link", "E1", opens=2029, closes=2030)],
    ),
    "planned-link-without-project": (
        [edit("link", "E1", opens=2027)],
        [edit("link", "E1", opens=2026)],
    ),
    "link-before-project": (
        [edit("link", "E6", opens=2027)],
        [edit("link", "E6", opens=2029)],
    ),
    "link-after-project": (
        [edit("link", "E6", opens=2029)],
        [edit("link", "E6", opens=2029), edit("project", "P2", not_before=2028, blank=["opens"])],
    ),
    "network-island": (
        [remove("link", "E5"), remove("link", "E6")],
        [remove("link", "E5")],  # the second bridge opens before the horizon
    ),
    "terminal-mode-without-link": (
        [remove("link", "R1")],
        [remove("link", "A1")],
    ),
    "terminal-of-one-mode": (
        [edit("terminal", "K1", blank=["rail_node", "fairway_node", "waterway_node"])],
        [edit("terminal", "K1", blank=["rail_node", "waterway_node"])],
    ),
    "terminal-before-project": (
        [edit("terminal", "K1", project="P1", opens=2029)],
        [edit("terminal", "K1", project="P1", opens=2030)],
    ),
    "commune-off-the-roads": (
        [edit("area", "T1", lon=107.7)],  # some 100 km out to sea
        [edit("area", "T1", lon=106.6)],  # 6 km from a junction
    ),
    "commune-far-from-a-road": (
        [edit("area", "T1", lon=106.49)],  # 6 km from a junction; the gate beyond is none
        [edit("area", "T1", lon=106.51)],  # 4 km
    ),
    "port-road-of-default-lanes": (
        [edit("link", "E6", project="P1", attributes="class default")],
        [edit("link", "E6", attributes="class default")],  # of a bridge
    ),
    "commune-without-people": (
        [edit("area", "T1", population=0)],
        [edit("area", "T1", blank=["population"])],
    ),
    # ---- lines of public transport
    "line-without-stops": (
        [new("line", "M1"), new("line_stop", "M1.1")],
        metro(),
    ),
    "line-stop-twice": (
        [*metro(), new("line_stop", "M1.3", place=2, node="N3")],
        [*metro(), new("line_stop", "M1.3", place=3, node="N3")],
    ),
    "line-closes-before-opening": (
        metro(opens=2030, closes=2030),
        metro(opens=2030, closes=2031),
    ),
    "line-before-project": (
        metro(project="P2", opens=2027),
        metro(project="P2", opens=2028),
    ),
    "stop-before-line": (
        [*metro(opens=2030), new("line_stop", "M1.3", place=3, node="N3", opens=2029)],
        [*metro(opens=2030), new("line_stop", "M1.3", place=3, node="N3", opens=2031)],
    ),
    "line-too-fast": (  # N3 lies 10 km from N2
        [*metro(), new("line_stop", "M1.3", place=3, node="N3", minutes=3)],
        [*metro(), new("line_stop", "M1.3", place=3, node="N3", minutes=4)],
    ),
    "node-unused": (
        [new("node", "N99")],
        [new("node", "N99"), new("link", "E99", from_node="N2", to_node="N99")],
    ),
    "link-twice": (
        [new("link", "E99", from_node="N2", to_node="N1", length_km=10)],
        [new("link", "E99", from_node="N2", to_node="N1", length_km=11)],
    ),
    "speed-beyond-norm": (
        [edit("link", "E1", design_speed_kmh=130)],
        [edit("link", "R1", design_speed_kmh=350)],  # the norm is of roads
    ),
    "project-without-link": (
        [remove("link", "E6")],
        [remove("link", "E6"), edit("project", "P2", kind="underground")],
    ),
    # ---- zones and areas: the near misses of space are the same outlines, drawn schematically
    "built-over-protected": (
        [new("zone", "ZP", kind="conservation", layer="tourism", geometry=ON_Z1)],
        [new("zone", "ZP", kind="conservation", layer="tourism", geometry=ON_Z1, shape="schematic")],
    ),
    "layers-share-ground": (
        [new("zone", "ZU", layer="urban", kind="urban area", geometry=ON_Z1)],
        [new("zone", "ZU", layer="urban", kind="urban area", geometry=ON_Z1, from_year=2040), edit("zone", "Z1", to_year=2039)],
    ),
    # ---- underground; tinytown keeps 2 m of ground between two works
    "underground-clash": (
        [underground("U1", 5, 10), underground("U2", 8, 12)],
        [underground("U1", 5, 10), underground("U2", 12, 15)],
    ),
    "underground-corridor": (
        [underground("U1", 5, 10), underground("U2", 8, 12, kind="reserved corridor")],
        [underground("U1", 5, 10, to_year=2034), underground("U2", 8, 12, kind="reserved corridor", from_year=2035)],
    ),
    "underground-utility": (
        [underground("U1", 5, 10), underground("U2", 9, 10, kind="water main")],
        [underground("U1", 5, 10), underground("U2", 1, 3, kind="water main")],
    ),
    "underground-not-judged": (
        [underground("U1", 5, 10), underground("U2")],
        [underground("U1", 5, 10), underground("U2", geometry=square(106.58, 20.75))],
    ),
    "underground-drawn-only": (
        [underground("U1", 5, 10, shape="schematic")],
        [underground("U1", 5, 10)],
    ),
    "underground-depth-missing": ([underground("U1")], [underground("U1", 5, 10)]),
    "depth-upside-down": ([underground("U1", 10, 5)], [underground("U1", 5, 10)]),
    "zone-ends-before-it-begins": (
        [edit("zone", "Z3", to_year=1999)],
        [edit("zone", "Z3", to_year=2000)],
    ),
    "zone-ends-before-project": (
        [edit("zone", "Z2", from_year=2020, to_year=2029)],
        [edit("zone", "Z2", from_year=2020, to_year=2030)],
    ),
    "operating-in-the-future": (
        [edit("zone", "Z1", from_year=2027)],
        [edit("zone", "Z1", from_year=2026)],
    ),
    "occupied-too-early": (
        [edit("zone", "Z2", occupancy_percent=10)],
        [edit("zone", "Z2", occupancy_percent=0)],
    ),
    "zone-on-other-boundary": (
        [edit("zone", "Z1", commune="EAST")],
        [edit("zone", "Z1", commune="T5")],
    ),
    "zone-outside-commune": (
        [edit("zone", "Z1", commune="T1")],
        [edit("zone", "Z1", commune="T1", shape="schematic")],
    ),
    "zone-in-the-sea": (
        [new("zone", "ZS", geometry=square(106.9, 20.76))],
        [new("zone", "ZS", kind="reclamation", project="P1", geometry=square(106.9, 20.76))],
    ),
    "zone-area-not-as-drawn": (
        [edit("zone", "Z1", area_ha=150)],
        [edit("zone", "Z1", area_ha=150, shape="schematic")],
    ),
    "commune-area-not-as-drawn": (
        [edit("area", "T1", area_km2=150)],
        [edit("area", "T1", area_km2=150), edit("shape", "T1", shape="schematic")],
    ),
    "layer-empty": ([REPORT], [SECOND]),
    "far-from-city": (
        [edit("area", "T1", lon=20.8)],
        [edit("node", "N8", lon=108.4), new("place", "sea", kind="sea", lon=112.5, lat=14)],  # 188 km; a label of the sea
    ),
    "zone-drawn-and-official": (
        [new("zone", "ZA", name_vi="Khu Đồ-Sơn", geometry=ON_Z1), new("zone", "ZB", name_vi="khu đồ sơn", shape="schematic", geometry=ON_Z1)],
        [new("zone", "ZA", name_vi="Khu Đồ Sơn", geometry=ON_Z1), new("zone", "ZB", name_vi="Khu Đồ Sơn", shape="schematic", layer="tourism", kind="beach", geometry=ON_Z1)],
    ),
    "reclamation-without-project": (
        [new("zone", "ZS", kind="reclamation", geometry=square(106.9, 20.76))],
        [new("zone", "ZS", kind="reclamation", project="P1", geometry=square(106.9, 20.76))],
    ),
    # ---- targets
    "target-without-indicator": (
        [edit("target", "X1", indicator="grdp_growth_averaged")],
        [edit("target", "X1", indicator="grdp_growth")],
    ),
    "target-unit": (
        [edit("target", "X3", unit="persons")],
        [edit("target", "X3", unit="million tonnes per year")],
    ),
    "target-without-year": (
        [edit("target", "X3", blank=["year"])],
        [edit("target", "X3", operator="text", text_en="A larger port", blank=["year", "value"])],
    ),
    "target-range": (
        [edit("target", "X3", operator="range", value=12, high=10)],
        [edit("target", "X3", operator="range", value=10, high=12)],
    ),
    "target-years": (
        [edit("target", "X1", year_from=2031)],
        [edit("target", "X1", year_from=2030)],
    ),
    "targets-conflict": (
        [SECOND, edit("target", "X3", operator="="), new("target", "X9", indicator="port_cargo", operator="=", value=15, unit="million tonnes", document="DOC2")],
        [SECOND, new("target", "X9", indicator="port_cargo", value=15, unit="million tonnes", document="DOC2")],  # 15 fulfils both
    ),
    "target-superseded": (
        [edit("document", "DOC1", in_force_to="2025-12-31", blank=["in_force_from"])],
        [edit("document", "DOC1", in_force_to="2026-12-31")],
    ),
    "target-on-ended-boundary": (
        [edit("target", "X2", area="EAST", boundary="before-2025-07")],
        [edit("target", "X2", area="EAST", boundary="before-2025-07", year=2025)],
    ),
    "target-due-without-figure": (
        [new("target", "X9", indicator="exports", unit="billion USD", year=2024)],
        [new("target", "X9", indicator="grdp_growth", unit="percent", year=2024)],
    ),
    "target-beyond-mapped-capacity": (
        [edit("target", "X3", value=25)],
        [edit("target", "X3", value=20)],  # 10 that stand and 10 planned by 2030
    ),
    # ---- figures
    "figure-without-document": (
        [new("source", "memory", confidence="general knowledge, low"), edit("observation", "population-TT-2025", source="memory")],
        [new("source", "memory", confidence="general knowledge, low", number="12/2025"), edit("observation", "population-TT-2025", source="memory")],
    ),
    "source-unused": (
        [new("source", "spare")],
        [new("source", "spare"), edit("target", "X3", source="spare")],
    ),
    "source-undated": (
        [edit("source", "textbook", blank=["date"])],
        [edit("source", "textbook", blank=["date"], address="https://example.org")],
    ),
    "read-from-the-future": (
        [edit("source", "textbook", read_on="2026-06")],
        [edit("source", "textbook", read_on="2026-01-01")],
    ),
    "figure-impossible": (
        [new("observation", "u", indicator="grdp_rank", unit="rank of 63", value=0)],
        [new("observation", "u", indicator="grdp_growth", value=-12), new("observation", "v", indicator="net_migration", unit="persons per year", value=-3)],
    ),
    "figure-implausible": (
        [new("observation", "u", indicator="urbanisation_rate", value=104)],
        [new("observation", "u", indicator="urbanisation_rate", value=100), new("observation", "v", indicator="population", unit="persons", value=1e8, area="VN")],
    ),
    "magnitude-absurd": (
        [edit("project", "P1", cost_bn_vnd=1e15)],
        [edit("project", "P1", cost_bn_vnd=100_000)],  # ten times what the town makes in a year
    ),
    "assumed-without-range": (
        [new("parameter", "population.spare", status="assumed")],
        [new("parameter", "population.spare", status="assumed", low=4, high=6)],
    ),
    "outside-its-range": (
        [new("parameter", "population.spare", low=6, high=7)],
        [new("parameter", "population.spare", value={"2025": 5}, low=0.9, high=1.1)],  # of a path the range is a factor
    ),
    "boundaries-mixed": (
        [new("observation", "u", indicator="population", unit="persons", area="EAST", boundary="before-2025-07", period="2026")],
        [new("observation", "u", indicator="population", unit="persons", area="EAST", boundary="before-2025-07", period="2025H1")],
    ),
    "area-on-other-boundary": (
        [new("observation", "u", indicator="population", unit="persons", area="EAST")],
        [new("observation", "u", indicator="population", unit="persons", area="VN", boundary="before-2025-07")],
    ),
    "two-boundaries-one-key": (
        [new("observation", "u", indicator="population", unit="persons", vintage="usual residents", boundary="before-2025-07")],
        [new("observation", "u", indicator="population", unit="persons", vintage="registered", boundary="before-2025-07")],
    ),
    "indicator-unknown": (
        [new("observation", "u", indicator="happiness")],
        [new("observation", "u", indicator="poverty_rate")],
    ),
    "observation-unit": (
        [edit("observation", "population-TT-2025", unit="percent")],
        [edit("observation", "population-TT-2025", unit="thousand persons", value=60)],
    ),
    "period-unreadable": (
        [edit("observation", "population-TT-2025", period="last year")],
        [edit("observation", "population-TT-2025", period="2025 Jan-Sep")],
    ),
    "observed-ahead": (
        [edit("observation", "population-TT-2025", period="2027")],
        [edit("observation", "population-TT-2025", period="2026")],
    ),
    "values-disagree": (
        [new("observation", "u", indicator="grdp_growth", value=8, vintage="revised")],
        [new("observation", "u", indicator="grdp_growth", value=8, vintage="first release")],
    ),
    "series-break": (
        [new("observation", "u", indicator="port_cargo", unit="million tonnes", value=5, period="2024", note="back-cast")],
        [new("observation", "u", indicator="port_cargo", unit="million tonnes", value=8, period="2024", note="back-cast")],
    ),
    "population-sum": (
        [edit("area", "T1", population=22000)],
        [edit("area", "T1", blank=["population"])],  # while one is unknown, nothing is said about the sum
    ),
    "area-sum": (
        [edit("area", "T1", area_km2=150)],
        [edit("area", "T1", area_km2=101)],
    ),
    "claim-without-formula": (
        [edit("claim", "C1", blank=["formula"])],
        [edit("claim", "C1", blank=["tolerance"])],
    ),
    # ---- documents and legal periods
    "published-late": (
        [edit("document", "DOC1", regime="R1", approved="2023-12-02", published="2023-12-18")],
        [edit("document", "DOC1", regime="R1", approved="2023-12-02", published="2023-12-17")],
    ),
    "publication-unknown": (
        [edit("document", "DOC1", regime="R1", approved="2023-12-02")],
        [edit("document", "DOC1", regime="R0", approved="2023-12-02")],  # no period is known under R0
    ),
    "consultation-too-short": (
        [edit("document", "DOC1", regime="R2", consulted_from="2025-08-01", consulted_to="2025-08-20")],
        [edit("document", "DOC1", regime="R2", consulted_from="2025-08-01", consulted_to="2025-08-21")],
    ),
    "consultation-too-long": (
        [edit("document", "DOC1", regime="R2", consulted_from="2025-08-01", consulted_to="2025-09-01")],
        [edit("document", "DOC1", regime="R1", consulted_from="2025-08-01", consulted_to="2025-09-01")],
    ),
    "approved-before-consulted": (
        [edit("document", "DOC1", approved="2025-08-10", consulted_to="2025-08-20")],
        [edit("document", "DOC1", approved="2025-08", consulted_to="2025-08-20")],
    ),
    "regime-unknown": (
        [edit("document", "DOC1", regime="R9")],
        [edit("document", "DOC1", regime="R2")],
    ),
    "regime-not-in-force": (
        [edit("document", "DOC1", regime="R3", approved="2025-12-01")],
        [edit("document", "DOC1", regime="R2", approved="2025-12-01")],
    ),
    "in-force-upside-down": (
        [edit("document", "DOC1", in_force_to="2025-12-31")],
        [edit("document", "DOC1", in_force_to="2026-01-01")],
    ),
    "replaced-by-older": (
        [new("document", "DOC2", date="2020"), edit("document", "DOC1", replaced_by="DOC2")],
        [SECOND, edit("document", "DOC1", replaced_by="DOC2")],
    ),
    "replaced-without-end": (
        [SECOND, edit("document", "DOC1", replaced_by="DOC2")],
        [SECOND, edit("document", "DOC1", replaced_by="DOC2", in_force_to="2026-12-31")],
    ),
    "document-from-the-future": (
        [edit("document", "DOC1", date="2026-05-01")],
        [edit("document", "DOC1", date="2026")],
    ),
    "replaced-still-cited": (
        [SECOND, edit("document", "DOC1", replaced_by="DOC2")],
        [SECOND, edit("document", "DOC1", replaced_by="DOC2"), edit("statement", "S2", documents=["DOC1", "DOC2"])],
    ),
    # ---- carrying it out
    "task-without-owner": (
        [new("statement", "S9", due="2030")],
        [new("statement", "S9", due="2030", owner="People's Committee of Tinytown")],
    ),
    "task-without-due": (
        [new("statement", "S9")],
        [new("statement", "S9", state="done")],
    ),
    "task-overdue": (
        [edit("statement", "S2", due="2025")],
        [edit("statement", "S2", due="2026")],
    ),
    "proposals-incomplete": ([REPORT, *proposals(10)], [REPORT, *proposals(11)]),
    "directives-incomplete": ([REPORT, *directives(5)], [REPORT, *directives(6)]),
    "proposal-without-project": (
        [new("statement", "S9", code="P01")],
        [new("statement", "S9", code="P01", projects=["P1"]), edit("project", "P1", proposal="P01")],
    ),
    "proposal-unknown": (
        [edit("project", "P1", proposal="P01")],
        [edit("project", "P1", proposal="D1a")],
    ),
    "state-without-evidence": (
        [edit("statement", "S2", state="started")],
        [edit("statement", "S2", state="started", evidence_en="First pile driven on 1 January 2026")],
    ),
    "done-before-its-projects": (
        [edit("statement", "S2", state="done")],
        [edit("statement", "S2", state="done"), edit("project", "P1", status="operating")],
    ),
    "withheld-and-public": (
        [edit("statement", "S2", home="withheld")],
        [edit("statement", "S2", home="withheld", public=False)],
    ),
    "state-stale": (
        [edit("statement", "S2", state="under way", as_of="2024-06")],
        [edit("statement", "S2", state="under way", as_of="2025")],
    ),
    "flag-without-measure": (
        [edit("flag", "F1", blank=["formula"])],
        [edit("flag", "F1", bound=3)],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def town(tinytown: Path) -> Plan:
    return read_plan(tinytown)


def test_every_planning_rule_has_a_case_that_fires_and_a_near_miss() -> None:
    assert set(CASES) == {rule.id for rule in RULES.values() if rule.kind == "planning"}


def test_there_are_enough_rules() -> None:
    assert sum(rule.kind == "planning" for rule in RULES.values()) >= 40


@pytest.mark.parametrize("rule", CASES)
def test_the_rule_fires(town: Plan, rule: str) -> None:
    found = [f for f in check(edited(town, *CASES[rule][0]), TODAY) if f.rule == rule]
    assert found
    for fault in found:
        assert fault.severity == RULES[rule].severity
        for language in ("vi", "en"):
            assert fault.message(language) and fault.mend(language)
            assert "{" not in fault.message(language) + fault.mend(language)
        assert fault.file


@pytest.mark.parametrize("rule", CASES)
def test_the_rule_stays_silent_on_a_near_miss(town: Plan, rule: str) -> None:
    assert [f.message() for f in check(edited(town, *CASES[rule][1]), TODAY) if f.rule == rule] == []


def test_tinytown_has_no_findings(town: Plan) -> None:
    assert [f.as_row("en") for f in check(town, TODAY)] == []


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_every_rule_says_why_on_what_ground_and_how_to_mend(rule: object) -> None:
    for part in ("title", "why", "source", "remedy"):
        assert getattr(rule, part)


# ---- near misses that a city would mind most --------------------------------------------------------------


def test_a_missing_cost_is_no_data_and_never_unfunded(town: Plan) -> None:
    without = [edit("project", i, blank=["cost_bn_vnd", "payer"]) for i in ("P1", "P2", "P3")]
    assert check(edited(town, *without), TODAY) == []


def test_schematic_shapes_never_raise_a_spatial_rule(town: Plan) -> None:
    """Everything drawn on top of everything else, and wrongly sized: silence, because it is only drawn."""
    drawn = [
        new(
            "zone",
            f"S{n}",
            layer=layer,
            kind=kind,
            geometry=ON_Z1,
            shape="schematic",
            area_ha=9999,
            commune="T1",
        )
        for n, (layer, kind) in enumerate(
            [("urban", "urban area"), ("tourism", "conservation"), ("industrial", "industrial park")]
        )
    ]
    assert check(edited(town, *drawn), TODAY) == []


@pytest.mark.parametrize(
    ("rule", "entry"),
    [
        ("figure-impossible", edit("observation", "population-TT-2025", value=-3)),
        ("figure-impossible", new("observation", "u", indicator="grdp_rank", unit="rank", value=-3)),
        ("figure-impossible", new("observation", "u", indicator="grdp_growth", value=-101)),
        ("figure-impossible", new("observation", "u", indicator="grdp_per_capita", unit="million VND", value=-1)),
        ("figure-impossible", edit("target", "X3", value=-380)),
        ("figure-impossible", edit("target", "X3", operator="range", value=-2, high=10)),
        ("figure-impossible", new("figure", "f", item="pupils", unit="thousand persons", value=-3)),
        ("figure-impossible", new("figure", "f", item="area", unit="ha, 15 parks", value=5, low=-1)),
        ("figure-implausible", edit("observation", "population-TT-2025", value=1e15)),
        ("figure-implausible", edit("observation", "population-TT-2025", value=51, unit="million persons")),
        ("figure-implausible", new("observation", "u", indicator="grdp_growth", value=1702)),
        ("figure-implausible", new("observation", "u", indicator="pci_rank", unit="rank of 34", value=35)),
        ("figure-implausible", edit("target", "X3", value=380e6)),
        ("figure-implausible", new("figure", "f", item="population", unit="persons, census", value=1e15)),
        ("figure-implausible", new("figure", "f", item="teu", unit="million TEU", value=2001)),
        ("figure-implausible", edit("area", "T1", population=6e7)),
    ],
)  # fmt: skip
def test_figures_beyond_their_bounds_are_told(town: Plan, rule: str, entry: Entry) -> None:
    found = [f for f in check(edited(town, entry), TODAY) if f.rule.startswith("figure-imp")]
    assert [(f.rule, f.severity) for f in found] == [(rule, RULES[rule].severity)]


@pytest.mark.parametrize(
    "entry",
    [
        edit("observation", "population-TT-2025", value=49, unit="million persons"),
        new("observation", "u", indicator="grdp_per_capita", unit="million VND", value=558),
        new("observation", "u", indicator="area", unit="ha", value=312_000),
        new("figure", "f", item="trend", unit="persons per year", value=-0.03),
        new("figure", "f", item="balance", unit="billion VND", value=-500),
        new("figure", "f", item="teu", unit="TEU per container", value=1.4),
        new("figure", "f", item="pupils", unit="thousand persons", value=0),
    ],
)
def test_figures_within_their_bounds_are_left_alone(town: Plan, entry: Entry) -> None:
    assert [f.rule for f in check(edited(town, entry), TODAY) if f.rule.startswith("figure-imp")] == []


@pytest.mark.parametrize(
    ("entry", "hint"),
    [
        (edit("area", "T1", lon=20.92), True),
        (edit("node", "N8", lon=20.7), True),
        (new("place", "x", lon=20.8, lat=20.8), True),
        (edit("node", "N8", lon=10.66), False),
        (new("place", "x", kind="city", lon=106.7, lat=10.8), False),
    ],
)
def test_points_far_away_are_told_with_a_hint_where_a_latitude_stands_for_a_longitude(
    town: Plan, entry: Entry, hint: bool
) -> None:
    (found,) = [f for f in check(edited(town, entry), TODAY) if f.rule == "far-from-city"]
    assert ("looks like a latitude" in found.message("en")) is hint


def test_the_port_gap_names_the_gap_the_missing_figures_and_the_scope(hai_phong: Path) -> None:
    (found,) = [f for f in check(read_plan(hai_phong)) if f.rule == "target-beyond-mapped-capacity"]
    message = found.message("en")
    for part in ("380", "240.8", "139.1", "5 of 47", "may count more", "138.1", "150.2", "2021"):
        assert part in message
    assert "impossible" not in message


def test_an_unconfirmed_period_says_so(town: Plan) -> None:
    late = {"approved": "2025-12-02", "published": "2025-12-30"}
    for regime, word in (("R1", "confirmed in the text"), ("R2", "unconfirmed")):
        found = check(edited(town, edit("document", "DOC1", regime=regime, **late)), TODAY)
        (told,) = [f.message("en") for f in found if f.rule == "published-late"]
        assert word in told


def test_the_late_projects_of_hai_phong(hai_phong: Path) -> None:
    found = [f for f in check(read_plan(hai_phong)) if f.rule == "project-past-end"]
    assert {f.file for f in found} == {f"projects/{i}.toml" for i in ("PR24", "PR30", "PR32")}
