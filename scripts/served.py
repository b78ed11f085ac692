"""A served city for measuring and for pictures: started on a free port, waited for, and ended."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
CUABIEN = ROOT / ".venv" / "bin" / "cuabien"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browser() -> str | None:
    """The browser of this machine: CUABIEN_BROWSER, else the first that is installed."""
    names = (os.environ.get("CUABIEN_BROWSER", ""), *BROWSERS)
    return next((found for name in names if name and (found := shutil.which(name))), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(plan: str, home: Path, **settings: str) -> Iterator[str]:
    """The address of a city that answers. The benchmark asks often, so the fair share is lifted."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {"CUABIEN_READS_A_SECOND": "100000", "CUABIEN_LANG": "en"} | settings
    command = [CUABIEN, "serve", "--plan", plan, "--home", str(home), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait(address: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with exit code {process.returncode}")
        try:
            urllib.request.urlopen(f"{address}/robots.txt", timeout=5).close()  # noqa: S310 (our own address)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"no answer within {seconds} seconds")
