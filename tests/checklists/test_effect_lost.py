"""An attempt that says it went well and changed nothing is found out: no item is ever `verified` for it."""

from __future__ import annotations

import os

import pytest

from .conftest import Program
from .losing import BEYOND, Loss, losses, sample
from .shipped import IDS, automatic

SEED = int(os.environ.get("SMTUI_SEED", "20260301"))
CHOSEN = losses() if os.environ.get("SMTUI_FULL") else sample(6, SEED)
"""A few in every run of all tests; tests/checklists/full runs all of them."""


@pytest.mark.parametrize("loss", CHOSEN, ids=str)
def test_an_effect_that_got_lost_is_never_verified(smtui: Program, loss: Loss) -> None:
    faults = [part for fault in loss.faults for part in ("--fault", fault)]
    done = smtui("run", loss.checklist, "--drill", "--confirm-by-hand", "rehearsal", *faults, code=None)
    session = smtui.session()
    item = smtui.items(session)[loss.item]
    assert done.returncode == 1, done.stdout
    assert item["status"] == "failed", item
    assert item["grade"] is None
    lost = [one for one in smtui.effects(session) if one["item"] == loss.item and one["target"] == loss.host]
    assert lost == []


def test_every_automatic_item_is_among_them_or_runs_without_a_look() -> None:
    known = {(loss.checklist, loss.item) for loss in losses()}
    left = {step.item.id for one in IDS for step in automatic(one) if (one, step.id) not in known}
    assert left <= BEYOND | {"verify", "broker-on"}
    assert {"broker-on", "restore", "roles"} <= {name.rpartition(".")[2] for _, name in known}
