"""What may still happen to an edition once it is whole: others sign it, and it is withdrawn.

An approval is another person's signature of the same manifest; it lies beside the edition's files and changes none. A
withdrawal takes the content away and leaves a tombstone: the manifest with its signatures, which still say what the
edition was, and a signed notice of the day and the reason. Later editions that name it by its hash stay provable.
"""

from __future__ import annotations

import datetime as dt
import html
import shutil
from pathlib import Path

from cuabien.base.faults import Refused, UnusableInput, stops
from cuabien.base.hashing import hash_bytes
from cuabien.base.words import LANGUAGES, N_, say
from cuabien.publication.edition import (
    APPROVALS,
    MANIFEST,
    PUBLIC,
    SIGNATURE,
    TOMBSTONE,
    aside_of,
    flush,
    flush_one,
    open_edition,
    put_file,
    render_manifest,
)
from cuabien.publication.keys import PrivateKey
from cuabien.publication.verify import TOMBSTONE_PAGE, Verdict, intact, verify

NOTICE = Path(TOMBSTONE)


def approve(folder: Path, key: PrivateKey) -> Verdict:
    """Sign an edition as a further person. Only an intact one is signed; the publisher cannot be two people."""
    edition = open_edition(folder)
    if (folder / TOMBSTONE).exists():
        raise Refused(N_("{folder} was withdrawn"), folder=str(folder))
    damaged = intact(edition)
    if stops(damaged):
        raise UnusableInput(damaged)
    fingerprint = key.public.fingerprint
    if fingerprint == edition.manifest.get("publisher"):
        raise Refused(
            N_("this key signed the edition already; a second person must sign with a key of their own")
        )
    named = edition.manifest.get("approvals", {}).get("keys", ())
    if named and fingerprint not in named:
        raise Refused(N_("the plan does not name the key {key} among its approvers"), key=fingerprint)
    there = folder / APPROVALS
    there.mkdir(exist_ok=True)
    put_file(there / f"{fingerprint}.pub", key.public.pem, aside=folder.parent)
    put_file(there / f"{fingerprint}.sig", key.sign((folder / MANIFEST).read_bytes()), aside=folder.parent)
    return verify(folder)


def withdraw(folder: Path, key: PrivateKey, reason: str, day: dt.date) -> Verdict:
    """Put a tombstone in the place of an edition. Only its publisher can, and says why."""
    edition = open_edition(folder)
    if not reason.strip():
        raise Refused(N_("say why it is withdrawn: --reason"))
    if key.public.fingerprint != edition.manifest.get("publisher"):
        raise Refused(
            N_("only the key that signed the edition can withdraw it: {key}"),
            key=edition.manifest.get("publisher"),
        )
    if (folder / TOMBSTONE).exists():
        raise Refused(N_("{folder} was withdrawn"), folder=str(folder))
    folder = folder.absolute()
    with aside_of(folder) as aside:
        stone = aside / "tombstone"
        stone.mkdir(mode=0o755)
        for name in (MANIFEST, SIGNATURE, PUBLIC):
            shutil.copyfile(folder / name, stone / name)
        if (folder / APPROVALS).is_dir():
            shutil.copytree(folder / APPROVALS, stone / APPROVALS)
        page = _page(edition.id, reason, day)
        notice = render_manifest(
            {
                "edition": edition.id,
                "manifest_sha256": edition.seal,
                "withdrawn": day.isoformat(),
                "reason": reason,
                "page_sha256": hash_bytes(page),
            }
        )
        (stone / TOMBSTONE).write_bytes(notice)
        (stone / NOTICE.with_suffix(".sig").name).write_bytes(key.sign(notice))
        (stone / TOMBSTONE_PAGE).write_bytes(page)
        flush(stone)
        folder.rename(aside / "withdrawn")
        try:
            stone.rename(folder)
        except OSError:
            (aside / "withdrawn").rename(folder)
            raise
        flush_one(folder.parent)
    return verify(folder)


TITLE = N_("This edition was withdrawn")
TOLD = N_("The edition {edition} was withdrawn on {day}. Reason: {reason}")


def _page(edition: str, reason: str, day: dt.date) -> bytes:
    told = "\n".join(
        f'<p lang="{code}">{html.escape(say(TOLD, code, edition=edition, day=day.isoformat(), reason=reason))}</p>'
        for code in LANGUAGES
    )
    title = html.escape(" · ".join(say(TITLE, code) for code in LANGUAGES))
    return f'<!doctype html>\n<html lang="vi">\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n<h1>{title}</h1>\n{told}\n</html>\n'.encode()
