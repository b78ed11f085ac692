"""Matrices between zones as OMX 0.2 (open matrix): one HDF5 file that programs for transport read.

The root carries OMX_VERSION and SHAPE; /data holds the matrices, all of that shape, chunked and gzipped; /lookup holds what row and
column k are called. Nothing tells the time, so equal matrices give equal bytes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import h5py  # type: ignore[import-untyped]
import numpy as np

from cuabien.base.faults import Refused
from cuabien.base.words import N_

VERSION = "0.2"
GZIP = 4
MOST_CELLS = 10_000_000
"""Cells of one matrix: 3,162 zones. Beyond it a matrix belongs in a program that keeps it on disk."""


def omx(
    zones: Sequence[str],
    matrices: Mapping[str, tuple[np.ndarray, Mapping[str, str]]],
    told: Mapping[str, str],
) -> bytes:
    """The file. `matrices`: name -> ([zone, zone], what is said of it); not a number where there is no data. `told`: of the whole file."""
    count = len(zones)
    if count * count > MOST_CELLS:
        raise Refused(
            N_("{zones} zones make more than {limit} cells a matrix"), zones=count, limit=MOST_CELLS
        )
    out = io.BytesIO()
    with h5py.File(out, "w", track_order=True) as file:
        file.attrs["OMX_VERSION"] = np.bytes_(VERSION)
        file.attrs["SHAPE"] = np.array([count, count], dtype=np.int32)
        for key, text in told.items():
            file.attrs[key] = text
        data, lookup = file.create_group("data", track_order=True), file.create_group("lookup")
        for name, (cells, described) in matrices.items():
            if cells.shape != (count, count):
                raise ValueError(f"{name} has the shape {cells.shape}, not {(count, count)}")
            made = data.create_dataset(
                name,
                data=np.asarray(cells, dtype="<f8"),
                chunks=(min(count, 256), min(count, 256)),
                compression="gzip",
                compression_opts=GZIP,
                shuffle=True,
                track_times=False,
            )
            made.attrs["NA"] = np.float64(np.nan)
            for key, text in described.items():
                made.attrs[key] = text
        numbers = np.arange(1, count + 1, dtype=np.int32)
        lookup.create_dataset("zone_number", data=numbers, track_times=False)
        lookup.create_dataset("zone_id", data=_ids(zones), track_times=False)
    return out.getvalue()


def _ids(zones: Sequence[str]) -> np.ndarray:
    """Whole numbers where every id is one and stays the same as one, else texts of one length, as every reader knows them."""
    if all(z.isascii() and z.isdigit() and str(int(z)) == z and int(z) < 2**31 for z in zones):
        return np.array([int(z) for z in zones], dtype=np.int32)
    return np.array([z.encode() for z in zones], dtype=np.bytes_)
