"""Goods: which terminals handle the port's cargo, how it leaves the city, and what the rails and waterways can carry.

share[g] of terminal k's hinterland cargo  ~  S[g] exp(-h t[k,g])        S: capacity of the gate's road
P[m] = exp(c[m] - f cost[m]) / sum,        m: road, rail, barge          cost in thousand VND a tonne
"""

from __future__ import annotations

import numpy as np

from cuabien.model.transport.network import Bools
from cuabien.model.variables import Array


def over_places(total: float, weights: Array) -> Array:
    """A total spread by weights; nothing anywhere when nothing weighs."""
    whole = float(weights.sum())
    return np.asarray(total * weights / whole) if whole > 0 else np.zeros_like(weights)


def gate_shares(size: Array, minutes: Array, decay: float) -> Array:
    """[k, gate] share of what leaves k by each gate; rows of 0 where no gate can be reached."""
    known = np.where(np.isfinite(minutes), minutes, np.inf)
    nearest = np.where(np.isfinite(known).any(axis=1), known.min(axis=1, initial=np.inf), 0.0)
    weights = size * np.exp(-decay * (known - nearest[:, None]))
    total = weights.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(weights, total, out=np.zeros_like(weights), where=total > 0))


def cost(km: Array, minutes: Array, vnd_per_tkm: float, handling: float, vnd_per_tonne_hour: float) -> Array:
    """Thousand VND a tonne: distance, time under way and handling; infinite where the mode does not go."""
    goes = np.isfinite(km) & np.isfinite(minutes)
    km, minutes = np.where(goes, km, 0.0), np.where(goes, minutes, 0.0)
    paid = (km * vnd_per_tkm + handling + minutes / 60 * vnd_per_tonne_hour) / 1000
    return np.asarray(np.where(goes, paid, np.inf))


def mode_shares(costs: Array, constants: Array, scale: float) -> Array:
    """[k, mode] logit over the modes with a finite cost [k, mode]; rows of 0 where none goes."""
    value = constants - scale * costs
    best = value.max(axis=1, keepdims=True)
    served = np.isfinite(best)
    weights = np.where(served, np.exp(value - np.where(served, best, 0.0)), 0.0)
    total = weights.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(weights, total, out=np.zeros_like(weights), where=total > 0))


def filled(tonnes: Array, most_by_barge: Array, most_by_road: Array, has_barge: Bools) -> Array:
    """[k, mode] with no more by barge than quays load, and what roads cannot carry by barge where there is room.

    `tonnes` [k, mode] wanted by road, rail, barge; `most_by_barge`, `most_by_road` [k] million tonnes. Sums of k stay.
    """
    road, rail, barge = tonnes.T
    most = np.where(has_barge, np.minimum(most_by_barge, road + barge), 0.0)
    wanted = np.maximum(road + barge - np.maximum(most_by_road, 0.0), barge)
    by_barge = np.minimum(wanted, most)
    return np.stack([road + barge - by_barge, rail, by_barge], axis=1)


def within_capacity(tonnes: Array, uses: Array, capacity: Array) -> Array:
    """[k] what the links let through: each terminal keeps the least share that any link on its way can carry.

    `tonnes` [k] wanted, `uses` [k, link] 1 where k's way uses the link, `capacity` [link]. No link carries more than it can.
    """
    load = tonnes @ uses
    share = np.minimum(1.0, np.divide(capacity, load, out=np.ones_like(load), where=load > 0))
    least = np.where(uses > 0, share[None, :], 1.0).min(axis=1, initial=1.0)
    return np.asarray(tonnes * least)


def truck_trips(million_tonnes: Array, payload_t: float, days: float, peak_share: float) -> Array:
    """Trucks in the peak hour for yearly million tonnes: tonnes / payload / days x share of the day in that hour."""
    return np.asarray(million_tonnes * 1e6 / payload_t / days * peak_share)
