"""Pictures that people send: looked at, made anew, and only then kept.

Nothing of what was sent is kept: the picture is decoded and written again as WebP, so that what a file says beside its picture (the
place where it was taken, the camera, a name) is gone, and so is anything hidden in it. What cannot be decoded as one of four
kinds, what says to be another kind than it is, and what would take too much room when it is unpacked are refused.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import time
import warnings
from collections.abc import Callable, Container
from pathlib import Path

from cuabien.base.faults import Fault, UnusableInput
from cuabien.base.words import N_
from cuabien.service.consultation.common import is_hash
from cuabien.service.consultation.said import Kept

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000
"""As a telephone's camera takes them; more would fill the memory when it is unpacked."""
LONGEST_SIDE = 1600
QUALITY = 80
FOLDER = "pictures"
PENDING_S = 3600
"""A picture that belongs to no comment after so long was never handed in."""

KINDS = {
    "JPEG": (b"\xff\xd8\xff", ("image/jpeg", "image/jpg")),
    "PNG": (b"\x89PNG\r\n\x1a\n", ("image/png",)),
    "WEBP": (b"RIFF", ("image/webp",)),
    "GIF": (b"GIF8", ("image/gif",)),
}
"""Kind -> how its bytes begin, and what a browser calls it."""
ENDINGS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF"}

NO_PICTURE = (N_("this is no picture of a kind that is taken"), N_("send a JPEG, PNG, WebP or GIF picture"))
LIES = (
    N_("the file is another kind than its name or its sender says"),
    N_("save the picture again with the program that made it, and send that file"),
)
TOO_LARGE = (N_("the picture is larger than {most} MB"), N_("send a smaller copy"))
TOO_MANY_PIXELS = (N_("the picture has more than {most} million pixels"), N_("send a smaller copy"))
DAMAGED = (N_("the picture is damaged or cut off"), N_("save it again, and send that file"))


def keep(home: Path, data: bytes, *, name: str = "", told: str = "", alt: str = "") -> Kept:
    """Make a picture anew and keep it. `name` and `told` (the content type) are what the sender says of the file.

    Raises `UnusableInput` with a fault beside the field `pictures`.
    """
    made, width, height = made_anew(data, name=name, told=told)
    sha256 = hashlib.sha256(made).hexdigest()
    file = file_of(home, sha256)
    if file.is_file():
        os.utime(file)
        return Kept(sha256, width, height, alt)
    file.parent.mkdir(parents=True, exist_ok=True)
    number, aside = tempfile.mkstemp(dir=file.parent, prefix=".picture-")
    with os.fdopen(number, "wb") as open_file:
        open_file.write(made)
        open_file.flush()
        os.fsync(open_file.fileno())
    Path(aside).replace(file)
    return Kept(sha256, width, height, alt)


def made_anew(data: bytes, *, name: str = "", told: str = "") -> tuple[bytes, int, int]:
    """The picture written again, and its width and height."""
    if len(data) > MOST_BYTES:
        raise _refused("picture-bytes", TOO_LARGE, most=MOST_BYTES // 1024 // 1024)
    kind = next((kind for kind, (begins, _) in KINDS.items() if data.startswith(begins)), None)
    if kind is None or (kind == "WEBP" and data[8:12] != b"WEBP"):
        raise _refused("picture-kind", NO_PICTURE)
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    says_other = ending and ENDINGS.get(ending) != kind
    if says_other or (told and told not in ("application/octet-stream", *KINDS[kind][1])):
        raise _refused("picture-lies", LIES)
    return _decoded(data, kind)


def _decoded(data: bytes, kind: str) -> tuple[bytes, int, int]:
    from PIL import Image, ImageOps, UnidentifiedImageError  # large, and needed only where a picture comes

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's own word about size comes later than ours
        try:
            with Image.open(io.BytesIO(data), formats=[kind]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise _refused("picture-pixels", TOO_MANY_PIXELS, most=MOST_PIXELS // 1_000_000)
                picture.draft(
                    "RGB", (LONGEST_SIDE, LONGEST_SIDE)
                )  # a JPEG is unpacked at the size that is needed
                upright = ImageOps.exif_transpose(picture)
                plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
        except UnidentifiedImageError:
            raise _refused("picture-kind", NO_PICTURE) from None
        except (OSError, ValueError, SyntaxError, EOFError, IndexError, Image.DecompressionBombError):
            raise _refused("picture-damaged", DAMAGED) from None
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new(plain.mode, plain.size)  # the picture alone: no profile, no comment, no place
    bare.paste(plain)
    out = io.BytesIO()
    bare.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue(), bare.width, bare.height


def _refused(rule: str, words: tuple[str, str], **values: object) -> UnusableInput:
    return UnusableInput([Fault(rule, "pictures", *words, values=values)])


# ---- files --------------------------------------------------------------------------------------------------


def file_of(home: Path, sha256: str) -> Path:
    if not is_hash(sha256):
        raise ValueError(sha256)
    return home / FOLDER / sha256[:2] / f"{sha256}.webp"


def is_kept(home: Path, sha256: str) -> bool:
    return is_hash(sha256) and file_of(home, sha256).is_file()


def remove(home: Path, sha256: str) -> None:
    file_of(home, sha256).unlink(missing_ok=True)


def sweep(home: Path, shown: Callable[[], Container[str]], now: float | None = None) -> int:
    """Remove pictures that were never handed in, and what an ended program left behind; how many."""
    until, gone = (now or time.time()) - PENDING_S, 0
    old = [file for file in (home / FOLDER).glob("*/*") if file.stat().st_mtime < until]
    known = shown() if old else ()
    for file in old:
        if file.stem not in known:
            file.unlink(missing_ok=True)
            gone += 1
    return gone
