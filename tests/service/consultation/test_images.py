"""Pictures: made anew or refused; nothing of the file that was sent is kept."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from cuabien.base.faults import UnusableInput
from cuabien.service.consultation import images

SECRET = b"106.683 20.857 Nguyen Thi Bi Mat"


def picture(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, (200, 30, 30, 90)[: len(mode)] if mode != "P" else 3).save(out, kind, **more)  # type: ignore[arg-type]
    return out.getvalue()


def refused(data: bytes, **told: str) -> str:
    with pytest.raises(UnusableInput) as caught:
        images.made_anew(data, **told)
    (fault,) = caught.value.faults
    assert fault.file == "pictures"
    return fault.rule


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        ("JPEG", "nhà.JPG", "image/jpeg"),
        ("PNG", "map.png", "image/png"),
        ("WEBP", "x.webp", "image/webp"),
        ("GIF", "x.gif", "image/gif"),
        ("PNG", "no-ending", ""),
        ("PNG", "", "application/octet-stream"),
    ],
)
def test_four_kinds_are_made_anew_as_webp(kind: str, name: str, told: str) -> None:
    made, width, height = images.made_anew(picture(kind), name=name, told=told)
    with Image.open(io.BytesIO(made)) as anew:
        assert (anew.format, anew.size, getattr(anew, "n_frames", 1)) == ("WEBP", (width, height), 1)
    assert (width, height) == (40, 30)


def test_what_a_file_says_beside_its_picture_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x0131] = SECRET.decode(), "camera"
    exif.get_ifd(0x8825)[2] = (20.0, 51.0, 25.0)
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode())
    for data in (
        picture("JPEG", exif=exif, comment=SECRET, icc_profile=SECRET),
        picture("PNG", pnginfo=text, exif=exif),
        picture("WEBP", exif=exif, xmp=SECRET, icc_profile=SECRET),
        picture("GIF", comment=SECRET),
        picture("PNG") + SECRET,  # behind the end of the picture
    ):
        assert SECRET in data
        made = images.made_anew(data)[0]
        assert SECRET not in made and b"EXIF" not in made and b"XMP" not in made and b"ICCP" not in made


def test_a_picture_stands_upright_as_the_camera_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert images.made_anew(picture("JPEG", (40, 30), exif=exif))[1:] == (30, 40)


def test_a_large_picture_is_made_smaller_and_transparency_stays() -> None:
    assert images.made_anew(picture("PNG", (4000, 1000)))[1:] == (1600, 400)
    made, _, _ = images.made_anew(picture("PNG", mode="RGBA"))
    with Image.open(io.BytesIO(made)) as anew:
        assert anew.mode == "RGBA" and anew.getpixel((1, 1))[3] == 90  # type: ignore[index]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%PDF-1.7 ...",
        b"<html><script>alert(1)</script>",
        b"PK\x03\x04 a zip",
        b"II*\x00 a tiff",
        b"BM a bitmap",
        b"\x00\x00\x00\x1cftypavif",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"MZ\x90\x00",
    ],
)
def test_what_is_no_picture_of_these_kinds_is_refused(data: bytes) -> None:
    assert refused(data, name="photo.jpg", told="image/jpeg") == "picture-kind"


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("PNG", {"name": "photo.jpg"}),
        ("PNG", {"name": "photo.png.exe"}),
        ("JPEG", {"name": "photo.svg"}),
        ("JPEG", {"told": "image/png"}),
        ("GIF", {"told": "image/svg+xml"}),
        ("JPEG", {"told": "text/html"}),
    ],
)
def test_a_file_that_lies_about_its_kind_is_refused(kind: str, told: dict[str, str]) -> None:
    assert refused(picture(kind), **told) == "picture-lies"


def test_what_would_fill_the_memory_is_refused_before_it_is_unpacked() -> None:
    def png_that_says(width: int, height: int) -> bytes:
        def chunk(kind: bytes, data: bytes) -> bytes:
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

        head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
        return (
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", head)
            + chunk(b"IDAT", zlib.compress(b"\0" * 64))
            + chunk(b"IEND", b"")
        )

    assert refused(png_that_says(60_000, 60_000)) in ("picture-pixels", "picture-damaged")
    assert refused(png_that_says(8_000, 8_000)) == "picture-pixels"
    assert refused(b"\xff\xd8\xff" + b"\0" * images.MOST_BYTES) == "picture-bytes"


@given(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]), st.data())
def test_a_damaged_picture_is_refused_or_made_anew_and_nothing_else(kind: str, data: st.DataObject) -> None:
    whole = bytearray(picture(kind, (64, 48)))
    cut = whole[: data.draw(st.integers(1, len(whole)))]
    for _ in range(data.draw(st.integers(0, 3))):
        cut[data.draw(st.integers(0, len(cut) - 1))] ^= data.draw(st.integers(0, 255))
    try:
        made, _, _ = images.made_anew(bytes(cut))
    except UnusableInput:
        return
    assert made.startswith(b"RIFF")


def test_a_picture_is_kept_once_under_its_hash_and_nothing_else_is(tmp_path: Path) -> None:
    one = images.keep(tmp_path, picture("PNG"), name="../../etc/passwd.png", alt="Đường ngập")
    two = images.keep(tmp_path, picture("PNG"))
    assert one.sha256 == two.sha256 and one.alt == "Đường ngập"
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [images.file_of(tmp_path, one.sha256)]
    for wrong in ("../secret", "A" * 64, ""):
        assert not images.is_kept(tmp_path, wrong)
        with pytest.raises(ValueError):
            images.file_of(tmp_path, wrong)


def test_a_picture_that_was_never_handed_in_goes_after_an_hour(tmp_path: Path) -> None:
    shown, pending, old = (images.keep(tmp_path, picture("PNG", (10 + n, 10))) for n in range(3))
    for kept in (shown, old):
        os.utime(images.file_of(tmp_path, kept.sha256), (0, 0))
    assert images.sweep(tmp_path, lambda: {shown.sha256}) == 1
    assert [images.is_kept(tmp_path, kept.sha256) for kept in (shown, pending, old)] == [True, True, False]
