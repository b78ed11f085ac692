"""The report of a plan and its run, as blocks under the letterhead of Decree 30/2020/NĐ-CP.

Who signs, the number and the day are left open: a document gets them from the office that issues it.
"""

from __future__ import annotations

from collections.abc import Sequence

from cuabien.base.words import N_, fold
from cuabien.plan.objects import PlanHeader
from cuabien.publication.documents import promises, together, trust, works
from cuabien.publication.documents.blocks import Block, Heading, Letterhead, Report
from cuabien.publication.documents.material import Material
from cuabien.publication.documents.writing import Writing, place_name, tidy

OFFICES = (("uy ban nhan dan", "UBND", "ỦY BAN NHÂN DÂN"), ("hoi dong nhan dan", "HĐND", "HỘI ĐỒNG NHÂN DÂN"))
"""How an issuing body begins -> its letters in a number, and what a report is signed for."""
OPEN = "……"
"""What whoever issues the report fills in."""
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")

PARTS = (
    promises.summary,
    promises.targets,
    promises.indicators,
    works.projects,
    together.together,
    trust.claims,
    trust.risks,
    trust.assumptions,
    trust.sources,
    trust.method,
    trust.proof,
)


def build(m: Material) -> Report:
    blocks = [block for part in PARTS for block in part(m)]
    subject = m.write.say(
        N_("on the plan of {city} and what follows from it"), city=m.write.name(m.plan.header)
    )
    return Report(
        m.write.language,
        f"{m.write.say(N_('Report'))} {subject}",
        m.plan.header.as_of,
        letterhead(m.write, m.plan.header, subject, m.plan.header.as_of[:4]),
        tuple(numbered(blocks)),
    )


def numbered(blocks: Sequence[Block]) -> list[Block]:
    """Headings as the Decree numbers them: I, II ... and under them 1, 2 ..."""
    found: list[Block] = []
    first = second = 0
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            first, second = first + 1, 0
            found.append(Heading(f"{ROMAN[first - 1]}. {block.text.upper()}"))
        elif isinstance(block, Heading):
            second += 1
            found.append(Heading(f"{second}. {block.text}", 2))
        else:
            found.append(block)
    return found


def letterhead(w: Writing, header: PlanHeader, subject: str, year: str) -> Letterhead:
    """The letterhead of a report of the body that keeps the plan."""
    letters, signed_for = next(
        (
            (letters, name)
            for begins, letters, name in OFFICES
            if fold(header.authority_vi).startswith(begins)
        ),
        (OPEN, tidy(header.authority_vi.upper())),
    )
    return Letterhead(
        issuer=w.name(header, "authority").upper(),
        nation=w.say(N_("SOCIALIST REPUBLIC OF VIET NAM")),
        motto=w.say(N_("Independence - Freedom - Happiness")),
        number=w.say(N_("No.: {open}/BC-{letters}"), open=OPEN, letters=letters),
        place_and_date=w.say(
            N_("{place}, {open} {open} {year}"), place=place_name(header.name_vi), open=OPEN, year=year
        ),
        draft=w.say(N_("DRAFT")),
        kind=w.say(N_("REPORT")),
        subject=subject[:1].upper() + subject[1:],
        to=w.say(N_("Recipients:")),
        recipients=(f"- {OPEN}{OPEN};", w.say(N_("- Filed: clerical office, {open}."), open=OPEN)),
        signed_for=w.say(
            N_("ON BEHALF OF {body}"),
            body=signed_for if w.language == "vi" else w.name(header, "authority").upper(),
        ),
        signature=w.say(N_("(office, signature, seal, full name)")),
    )
