"""The rules of form: what can be wrong with a file before anybody asks what it says.

One register; reading, changes and the documentation draw on it. A fault of form stops a run, for nobody can
say what a broken cell means; the few that do not are marked `warning`.
"""

from __future__ import annotations

from dataclasses import dataclass

from cuabien.base.faults import Fault, Severity
from cuabien.base.words import N_


@dataclass(frozen=True, slots=True)
class FormRule:
    """A rule of form. `template` and `remedy` are sentences for `say`."""

    id: str
    title: str
    template: str
    remedy: str
    severity: Severity = "fault"


_BLANK_LISTED = N_("write a number, or leave the cell blank when it is unknown")
_SEE_FORMAT = N_("see docs/plan-format.md for {column}")

FORM_RULES: tuple[FormRule, ...] = (
    # ---- files
    FormRule(
        "no-plan",
        N_("There is a plan folder"),
        N_("there is no plan folder here"),
        N_("name a folder that holds plan.toml"),
    ),
    FormRule(
        "missing-file",
        N_("Every needed file is there"),
        N_("the file is missing"),
        N_("add the file; docs/plan-format.md shows its columns"),
    ),
    FormRule(
        "unknown-file",
        N_("No file is overlooked"),
        N_("the file is not part of a plan package and was not read"),
        N_("correct its name (docs/plan-format.md lists the files) or move it out of the plan folder"),
        "warning",
    ),
    FormRule(
        "outside-plan",
        N_("Every file lies inside the plan folder"),
        N_("the file is a link that leaves the plan folder"),
        N_("copy the file into the plan folder"),
    ),
    FormRule(
        "not-a-file",
        N_("A file is a file"),
        N_("this is not a file"),
        N_("put a plain file of this name here, or remove what stands here"),
    ),
    FormRule(
        "unreadable",
        N_("Every file can be read"),
        N_("the file cannot be read: {why}"),
        N_("give yourself the right to read it, or copy it again"),
    ),
    FormRule(
        "file-name",
        N_("File names are plain and match the id inside"),
        N_('the file is named "{found}" and should be "{wanted}"'),
        N_("rename the file or correct the id in it"),
    ),
    FormRule(
        "oversized",
        N_("No file is larger than the limit"),
        N_("the file is larger than {limit} MiB"),
        N_("split the file or leave out what is not plan data"),
    ),
    # ---- text
    FormRule(
        "encoding",
        N_("Files are UTF-8"),
        N_("line {line}: byte {position} is not UTF-8"),
        N_("save the file as UTF-8"),
    ),
    FormRule(
        "bom",
        N_("Files have no byte order mark"),
        N_("the file begins with a byte order mark"),
        N_("save it as UTF-8 without BOM; `cuabien format` does it"),
    ),
    FormRule(
        "control-character",
        N_("Text has no control characters"),
        N_("the text holds the control character {code}"),
        N_("delete the character; such a file was often cut off or is not text"),
    ),
    FormRule(
        "toml",
        N_("TOML files are TOML"),
        N_("the file is not TOML: {why}"),
        N_("mend the line; text stands in quotes, a list in [ ], and each key stands once"),
    ),
    FormRule(
        "geojson",
        N_("Maps are GeoJSON"),
        N_("the file is not a GeoJSON feature collection: {why}"),
        N_('write {{"type": "FeatureCollection", "features": [...]}}'),
    ),
    FormRule(
        "csv",
        N_("Tables are CSV"),
        N_("the file is not CSV: {why}"),
        N_("write comma-separated cells, with text that holds commas in double quotes"),
    ),
    FormRule(
        "empty",
        N_("No file is empty"),
        N_("the file is empty"),
        N_("write at least the line of column names"),
    ),
    FormRule(
        "table-empty",
        N_("A table holds rows"),
        N_("the table has column names and no rows"),
        N_("fill it in, or remove the file: a table that is not there is plainly not known"),
        "warning",
    ),
    FormRule(
        "too-deep",
        N_("Nothing is nested deeper than a plan needs"),
        N_("the content is nested deeper than {limit} levels"),
        N_("write it flatter; no part of a plan needs such depth"),
    ),
    FormRule(
        "too-many",
        N_("A file has fewer faults than rows"),
        N_("the file has {limit} faults; the rest was not read"),
        N_("mend those told first, or write the file anew"),
    ),
    # ---- columns and cells
    FormRule(
        "missing-column",
        N_("Every needed column is there"),
        N_("the column {column} is missing"),
        N_("add the column; leave its cells blank where nothing is known"),
    ),
    FormRule(
        "absent-column",
        N_("Columns that may be blank are there"),
        N_("the column {column} is missing and is read as no data"),
        N_("add the column; `cuabien format` does it"),
        "warning",
    ),
    FormRule(
        "unknown-column",
        N_("Every column is known"),
        N_("the column {column} is not known here"),
        N_("rename it, or move it to the note column"),
    ),
    FormRule(
        "duplicate-column",
        N_("No column or key stands twice"),
        N_("{column} stands twice"),
        N_("keep one of the two"),
    ),
    FormRule(
        "ragged-row",
        N_("Every row has the cells of the header"),
        N_("the row has another number of cells than the header"),
        N_("put text with commas in double quotes"),
    ),
    FormRule(
        "missing-value",
        N_("Needed cells are filled"),
        N_("{column} is blank"),
        N_("fill in {column}; every row needs it"),
    ),
    FormRule(
        "not-a-number",
        N_("Numbers are numbers"),
        N_('{column}: "{value}" is not a number'),
        _BLANK_LISTED,
    ),
    FormRule(
        "not-whole",
        N_("Counts and years are whole numbers"),
        N_('{column}: "{value}" is not a whole number'),
        _BLANK_LISTED,
    ),
    FormRule(
        "decimal-comma",
        N_("Decimals have a point"),
        N_('{column}: "{value}" is text'),
        N_("write the number with a decimal point and no thousands mark"),
    ),
    FormRule(
        "out-of-bounds",
        N_("Numbers lie within their bounds"),
        N_('{column}: "{value}" is out of bounds ({bound})'),
        N_("check the unit and the sign of {column}"),
    ),
    FormRule(
        "unknown-word",
        N_("Words come from their list"),
        N_('{column}: "{value}" is not one of the words allowed: {words}'),
        N_("use one of the words listed"),
    ),
    FormRule(
        "bad-id",
        N_("Ids are plain"),
        N_('{column}: "{value}" is not an id'),
        N_("use 1 to 80 letters without accents, digits and _ . : -, several ids parted by ;"),
    ),
    FormRule(
        "bad-date",
        N_("Dates are ISO dates that exist"),
        N_('{column}: "{value}" is not a date'),
        N_("write 2025, 2025-07 or 2025-07-01"),
    ),
    FormRule(
        "too-long",
        N_("Text is not endless"),
        N_("{column} is longer than {limit} characters"),
        N_("shorten the text; keep long documents outside the plan and cite them"),
    ),
    FormRule(
        "bad-value",
        N_("Every other cell is what its column says"),
        N_('{column}: "{value}" cannot be used here'),
        _SEE_FORMAT,
    ),
    # ---- ids and references
    FormRule(
        "duplicate-id",
        N_("An id stands once"),
        N_("the id {id} stands twice; first in {first}"),
        N_("give each row an id of its own"),
    ),
    FormRule(
        "dangling-reference",
        N_("Every reference leads somewhere"),
        N_('{column}: there is no "{value}" in {table}'),
        N_("correct the id, or add it to {table}"),
    ),
    FormRule(
        "cycle",
        N_("Nothing depends on itself"),
        N_("{column} runs in a circle: {path}"),
        N_("break the circle at one of its members"),
    ),
    # ---- shapes
    FormRule(
        "geometry",
        N_("Every shape can be drawn"),
        N_("the shape cannot be read"),
        N_("draw the shape again; coordinates are [longitude, latitude]"),
    ),
    FormRule(
        "geometry-kind",
        N_("Areas are polygons, water is lines"),
        N_("the shape is a {found}; here it must be {wanted}"),
        N_("draw it as {wanted}"),
    ),
    FormRule(
        "crs",
        N_("Coordinates are longitude and latitude"),
        N_("the coordinates are not longitude and latitude: {found}"),
        N_("store WGS 84; `cuabien import` converts VN-2000"),
    ),
    FormRule(
        "crossed-polygon",
        N_("Outlines do not cross themselves"),
        N_("the outline crosses itself: {why}"),
        N_("draw the outline again so that it does not cross itself"),
    ),
    # ---- formulas of claims and flags (read by cuabien.indicators)
    FormRule(
        "formula",
        N_("Formulas can be read"),
        N_("the formula cannot be read"),
        N_("docs/theory/claims.md shows what a formula can say"),
    ),
    FormRule(
        "formula-area",
        N_("Formulas name areas of the plan"),
        N_("the formula names the area {area}, which the plan does not have"),
        N_("use an id of areas.csv"),
    ),
    FormRule(
        "formula-indicator",
        N_("Formulas name registered indicators"),
        N_("the formula names the indicator {indicator}, which is not registered"),
        N_("use an id of the register of indicators, or add it there"),
    ),
    # ---- changes
    FormRule(
        "unknown-table",
        N_("A change names tables of the plan"),
        N_('"{value}" is not something that a change can hold'),
        N_("use one of {words}"),
    ),
    FormRule(
        "other-plan",
        N_("A change is for this plan"),
        N_('the change is for the plan "{value}", not for "{wanted}"'),
        N_("apply it to the plan it was written for, or correct its plan line"),
    ),
    FormRule(
        "unknown-id",
        N_("A change names what the plan holds"),
        N_('there is no {table} "{value}" in the plan'),
        N_('correct the id{near}, or write "add = true" to add it'),
    ),
    FormRule(
        "already-there",
        N_("A change adds only what is new"),
        N_('{table} "{value}" is in the plan already'),
        N_('leave out "add = true" to change it, or give the new one another id'),
    ),
    FormRule(
        "no-effect",
        N_("Every entry of a change says what changes"),
        N_('the entry for "{value}" changes nothing'),
        N_('name a field and its new value, or write "remove = true"'),
    ),
)

FORM = {rule.id: rule for rule in FORM_RULES}


def fault(rule: str, file: str, row: int | str | None = None, **values: object) -> Fault:
    """A fault of form; `values` fill the sentences of the rule."""
    form = FORM[rule]
    return Fault(rule, file, form.template, form.remedy, row, form.severity, values)
