"""The modeller as its keeper starts it: the plan, the home and the worker's name are its arguments."""

from __future__ import annotations

import sys
from pathlib import Path

from cuabien.worker.setting import set_up


def main() -> int:
    folder, home, worker = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    set_up(folder, home)

    from cuabien.worker.model import work  # needs the settings

    return work(folder, home, worker)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # the keeper hears it too, and says what there is to say
        sys.exit(130)
