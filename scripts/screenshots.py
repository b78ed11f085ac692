"""Pictures of the explorer for the documentation: docs/images/*.png, each under 300 kB.

Taken from a real run in a real browser.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from subprocess import run

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scripts.served import CUABIEN, browser, served  # noqa: E402 (the repository is not a package)

PLAN = "plans/hai-phong"
IMAGES = ROOT / "docs" / "images"
HEAVIEST_BYTES = 300_000


@dataclass(frozen=True)
class Picture:
    name: str
    address: str
    width: int = 1280
    height: int = 800
    scale: float = 1.0
    ready: str = '#explorer[data-ready="true"]'


PICTURES = (
    Picture("explorer-desktop", "/en/"),
    Picture("explorer-vi", "/"),
    Picture("explorer-phone", "/", 360, 740, 2.0),
)


def lighten(path: Path) -> None:
    """Reduce a picture to 256 colours, which a map bears well: a third of the weight."""
    from PIL import Image

    Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> int:
    chromium = browser()
    if chromium is None:
        print("no browser on this machine: no pictures", file=sys.stderr)
        return 1
    from playwright.sync_api import sync_playwright

    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        run([CUABIEN, "run", PLAN, "--home", home], cwd=ROOT, check=True, capture_output=True)
        with served(PLAN, Path(home)) as address, sync_playwright() as playwright:
            started = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader"]
            )
            for picture in PICTURES:
                page = started.new_page(
                    viewport={"width": picture.width, "height": picture.height},
                    device_scale_factor=picture.scale,
                )
                page.goto(address + picture.address)
                page.wait_for_selector(picture.ready, state="attached")
                page.wait_for_load_state("networkidle")
                page.wait_for_timeout(1500)  # tiles and labels settle
                path = IMAGES / f"{picture.name}.png"
                page.screenshot(path=str(path))
                page.close()
                lighten(path)
                print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")
    heavy = [p.name for p in IMAGES.glob("*.png") if p.stat().st_size > HEAVIEST_BYTES]
    for name in heavy:
        print(f"{name} is heavier than {HEAVIEST_BYTES / 1000:.0f} kB", file=sys.stderr)
    return 1 if heavy else 0


if __name__ == "__main__":
    sys.exit(main())
