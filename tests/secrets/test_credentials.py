from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from smtui.environment import Credential, Environment, Source
from smtui.secrets.credentials import Account, CredentialError, Credentials
from smtui.secrets.keyring import Keyring
from smtui.secrets.redaction import MARK
from smtui.secrets.secret import Secret
from smtui.secrets.vault import write_vault

PASSWORD = "correct horse"


def environment(*sources: Source, variable: str | None = None, command: tuple[str, ...] | None = None) -> Environment:
    account = Credential(user="CONTOSO\\smadmin", sources=sources, variable=variable, command=command)
    return Environment(name="Contoso", kind="drill", management_group="SM_CONTOSO", credentials={"smadmin": account})


def nobody(prompt: str) -> str:
    raise EOFError


def credentials(*sources: Source, variable: str | None = None, environ: Mapping[str, str] | None = None) -> Credentials:
    return Credentials(environment(*sources, variable=variable), nobody, environ or {}, {})


def test_a_secret_shows_itself_nowhere() -> None:
    account = Account("smadmin", Secret(PASSWORD))
    for text in (repr(account), str(account), f"{account.password}", f"{account.password:>20}", f"{account!r}"):
        assert "horse" not in text
    with pytest.raises(TypeError):
        pickle.dumps(account)
    assert account.password.reveal() == PASSWORD


def test_the_drill_knows_its_own_accounts() -> None:
    own = Account("CONTOSO\\smadmin", Secret(PASSWORD))
    accounts = Credentials(environment("drill"), nobody, {}, {"smadmin": own})
    assert accounts.get("smadmin") is own


def test_a_password_is_asked_for_once_even_by_targets_that_start_together() -> None:
    prompts: list[str] = []

    def ask(prompt: str) -> str:
        prompts.append(prompt)
        return PASSWORD

    accounts = Credentials(environment("prompt"), ask, {}, {})
    threads = [threading.Thread(target=accounts.get, args=("smadmin",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert prompts == ["Password of CONTOSO\\smadmin: "]
    accounts.forget("smadmin")
    accounts.get("smadmin")
    assert len(prompts) == 2


def test_every_password_is_redacted_before_anyone_gets_it() -> None:
    accounts = credentials("environment", variable="SM_PASSWORD", environ={"SM_PASSWORD": PASSWORD})
    accounts.get("smadmin")
    assert accounts.redactor.text(f"it is {PASSWORD}") == f"it is {MARK}"


def test_sources_are_tried_in_order(tmp_path: Path) -> None:
    (tmp_path / "smadmin").write_text(PASSWORD + "\n")
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path), "KRB5CCNAME": str(tmp_path / "no-tickets")}
    assert credentials("kerberos", "systemd", "prompt", environ=environ).get("smadmin").password.reveal() == PASSWORD


def test_a_ticket_needs_no_password(tmp_path: Path) -> None:
    tickets = tmp_path / "tickets"
    tickets.touch()
    for name in (str(tickets), f"FILE:{tickets}", "KCM:"):
        assert not credentials("kerberos", environ={"KRB5CCNAME": name}).get("smadmin").password


@pytest.mark.parametrize(
    ("accounts", "says"),
    [
        (credentials("prompt"), "prompt had none"),
        (credentials("environment", variable="NOT_SET"), r"environment \(NOT_SET\) had none"),
        (credentials("vault"), "vault had none"),
        (credentials("environment", variable="P", environ={"P": "abc"}), "fewer than 4 characters"),
    ],
)
def test_what_is_missing_is_said_in_one_line(accounts: Credentials, says: str) -> None:
    with pytest.raises(CredentialError, match=says) as caught:
        accounts.get("smadmin")
    assert "\n" not in str(caught.value)


def test_an_unknown_name_says_where_it_belongs() -> None:
    with pytest.raises(CredentialError, match=r"no \[credentials\.nobody\]"):
        credentials("prompt").get("nobody")


def test_a_systemd_credential_that_is_not_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "smadmin").write_bytes(b"\xff\xfe")
    with pytest.raises(CredentialError, match="cannot be read"):
        credentials("systemd", environ={"CREDENTIALS_DIRECTORY": str(tmp_path)}).get("smadmin")


def test_vault_and_command_are_sources_like_others(tmp_path: Path) -> None:
    write_vault(tmp_path / "vault", {"smadmin": Secret("from the vault")}, Secret("correct horse battery"))
    keyring = Keyring(tmp_path / "vault", {})
    both = environment("vault", "command", command=("sh", "-c", 'echo "command ${SM_PASSWORD:-saw none}"'))
    accounts = Credentials(both, lambda _: "correct horse battery", {}, {}, keyring=keyring)
    assert accounts.get("smadmin").password.reveal() == "from the vault"
    without = Credentials(both, nobody, {**os.environ, "SM_PASSWORD": "seen"}, {}, keyring=Keyring(tmp_path / "no", {}))
    assert without.get("smadmin").password.reveal() == "command seen"


def test_a_command_does_not_inherit_the_passwords_of_others(tmp_path: Path) -> None:
    show = ("sh", "-c", "echo ${SM_PASSWORD:-saw none}")
    accounts = Environment(
        name="Contoso",
        kind="recovery",
        management_group="SM",
        credentials={
            "smadmin": Credential(user="a", sources=("command",), command=show),
            "sqladmin": Credential(user="b", sources=("environment",), variable="SM_PASSWORD"),
        },
    )
    environ = {**os.environ, "SM_PASSWORD": PASSWORD}
    found = Credentials(accounts, nobody, environ, {}, keyring=Keyring(tmp_path / "no", {}))
    assert found.get("smadmin").password.reveal() == "saw none"
    assert found.get("sqladmin").password.reveal() == PASSWORD
