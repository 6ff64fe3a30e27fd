from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from smtui.checklist.library import Library
from smtui.environment import Environment, parse_environment

DATA = Path(__file__).parent / "data"

ENVIRONMENT = b"""
[environment]
name = "Contoso"
kind = "exercise"
management_group = "SM_Contoso"

[[server]]
name = "SM01"
roles = ["management-server", "workflow-server"]
fqdn = "sm01.contoso.test"

[[server]]
name = "SM02"
roles = ["management-server"]
fqdn = "sm02.contoso.test"

[[server]]
name = "SQL01"
roles = ["sql"]
fqdn = "sql01.contoso.test"

[[database]]
role = "service-manager"
server = "SQL01"
name = "ServiceManager"
port = 14330

[[database]]
role = "dw-repository"
server = "SQL01"
name = "DWRepository"
instance = "DW"

[groups]
all-management-servers = ["SM01", "SM02"]

[paths]
media = '\\\\fs01\\media'
"""


@pytest.fixture
def environment() -> Environment:
    return parse_environment(ENVIRONMENT, "environment.toml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sample checklists that a test may spoil."""
    return shutil.copytree(DATA, tmp_path / "checklists")


@pytest.fixture
def library(folder: Path) -> Library:
    return Library([folder])


@pytest.fixture
def spoil(folder: Path) -> Callable[[str, str, str], Path]:
    """Replace one piece of a sample checklist, which must be there."""

    def replace(name: str, old: str, new: str) -> Path:
        path = folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        return path

    return replace
