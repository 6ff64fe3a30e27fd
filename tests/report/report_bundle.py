"""A signed bundle of the whole story, and what it is held against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import report_keys as keys
import report_story as story

from smtui.report.evidence import gather
from smtui.report.found import look_into
from smtui.report.model import Evidence
from smtui.report.remade import Expectations
from smtui.report.sign import sign_bundle, signer
from smtui.report.signers import read_signers
from smtui.report.verification import Verification
from smtui.report.verify import verify_bundle
from smtui.session.journal import Verdict
from smtui.session.reading import Reading

AT = datetime(2026, 6, 1, tzinfo=UTC)
VERSION = "0.1.0"
"""Of the story's reports."""


@dataclass(frozen=True)
class Signed:
    """A bundle that anna signed, her key, and a list of signers that has her alone."""

    bundle: Path
    key: Path
    signers: Path

    def verify(self, signers: Path | None = None, revoked: Path | None = None, at: datetime = AT) -> Verification:
        """By smtui, with the list of signers unless another is named."""
        return verify(self.bundle, signers or self.signers, revoked, at)


def remake(folder: Path, reading: Reading, verdict: Verdict, reason: str) -> Evidence:
    state = story.fold(story.procedure(), reading.records)
    found = look_into(folder, verdict, reason)
    return gather(reading.records, state, found, tell=lambda _step, text: text, smtui=VERSION)


def verify(
    bundle: Path,
    signers: Path | None = None,
    revoked: Path | None = None,
    at: datetime = AT,
    *,
    smtui: str = VERSION,
    authority: Path | None = None,
) -> Verification:
    known = read_signers(signers, revoked) if signers else None
    return verify_bundle(bundle, Expectations(at=at, remake=remake, smtui=smtui, signers=known, authority=authority))


def sign(bundle: Path, key: Path, principal: str) -> Path:
    return sign_bundle(bundle, principal, signer(str(key), None)).path


def signed(bundle: Path, folder: Path) -> Signed:
    """Sign a bundle as anna; key and list go into `folder`."""
    key = keys.new_key(folder / "anna")
    sign(bundle, key, "anna")
    return Signed(bundle, key, keys.signers(folder / "signers", anna=key))
