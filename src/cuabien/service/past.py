"""What standing in the past showed: the figures of `how_wrong.json`, measured by the benchmarks, ready for a page.

The service measures nothing; it shows what was measured and kept.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from django.utils.translation import gettext_noop as noop

METHODS = {
    "ours": noop("the model"),
    "naive": noop("no change"),
    "trend": noop("trend of five years"),
}
SCORED = {
    "population": noop("people"),
    "freight_carried": noop("freight carried"),
    "retail_sales_current": noop("retail sales, current prices"),
    "grdp_constant": noop("GRDP at constant prices, first year = 1"),
}
UNSCORED = {
    "port_cargo": noop("port cargo, million tonnes"),
    "budget_revenue_total": noop("budget revenue, billion VND"),
}


@cache
def figures() -> dict[str, Any]:
    """What was measured, with the words of each row and the errors in percent."""
    text = resources.files("cuabien.service").joinpath("how_wrong.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    for year in found["nation"]["years"]:
        year["ours_million"], year["theirs_million"] = year["ours"] / 1e6, year["theirs"] / 1e6
        year["misplaced_percent"] = 100 * year["misplaced"]
        year["naive_error"] = _error(year["naive"], year["theirs"])
        year["trend_error"] = _error(year["trend"], year["theirs"])
    for score in found["provinces"]:
        score["method_words"], score["words"] = METHODS[score["method"]], SCORED[score["indicator"]]
        score["first"] = score["method"] == "ours"
    for stand in found["city"]:
        stand["words"] = SCORED[stand["indicator"]]
        stand["decimals"] = 2 if stand["indicator"] == "grdp_constant" else 0
        for method in METHODS:
            stand[f"{method}_error"] = _error(stand[method], stand["seen"])
        stand["inside"] = None if stand["low"] is None else stand["low"] <= stand["seen"] <= stand["high"]
    for row in found["unscored"]:
        row["words"], row["values_shown"] = UNSCORED[row["indicator"]], row["values"]
    return found


def _error(said: float, seen: float) -> float:
    return 100 * (said / seen - 1)
