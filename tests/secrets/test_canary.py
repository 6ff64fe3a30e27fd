"""Canary passwords in every source, a whole recovery over the real protocols at DEBUG level, and then a search.

The hosts are the drill's, in this process; for smtui they are a real deployment. The hosts answer with the password
itself, in every encoding. `secret_decoder`, which shares no code with the redactor, judges whatever was left behind.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pexpect
import pytest
from secret_decoder import revealed, reveals
from test_redaction import ENCODERS

from smtui.checklist.library import Library, lay_out, shipped_folder
from smtui.checklist.model import Scalar
from smtui.drill import deployment as drill
from smtui.drill.behaviours.framework import Call, Script, ScriptResult
from smtui.drill.deployment import Deployment, Options, deployed
from smtui.drill.host import SimulatedHost
from smtui.secrets.secret import Secret
from smtui.secrets.vault import write_vault

HOUSE = Path(__file__).parents[2]
CHECKLIST = "promote-management-server"
WINDOWS, SQL = "Cn'1\"&+<$`}]%ary w/9", "Sq;l{2}'\"\\^!| c4nary=é"
PASSPHRASE = "pa55phrase of the v@ult"
SPOKEN = "  ".join(encode(secret) for secret in (WINDOWS, SQL) for encode in ENCODERS.values())
LIMIT = 60.0
CRASH = """
import os, sys
if "CANARY_CRASH" in os.environ:
    sys.path.insert(0, os.environ["CANARY_HOUSE"])
    from smtui.secrets.credentials import Credentials
    from smtui.tui.screens.session import SessionScreen

    known = []
    get = Credentials.get

    def remember(self, name):
        known.append(get(self, name).password.reveal())
        return get(self, name)

    def key_f11(self):
        from smtui.tui.widgets.checklist import ChecklistView

        self.query_one(ChecklistView).select(os.environ["CANARY_ITEM"])
        if not self.engine.state.items[os.environ["CANARY_ITEM"]].sensings and self.engine.idle.is_set():
            self.engine.sense(os.environ["CANARY_ITEM"])
        self.app.save_screenshot(os.environ["CANARY_CRASH"])

    def key_f10(self):
        password = known[0]
        try:
            raise ValueError(f"the library says {known}")
        except ValueError as error:
            raise RuntimeError(f"the login failed: {password}") from error

    Credentials.get = remember
    SessionScreen.key_f11, SessionScreen.key_f10 = key_f11, key_f10
"""
LOGGING = """
import logging, os, sys
logging.basicConfig(level=logging.DEBUG, filename=os.environ["CANARY_LOG"])
logging.getLogger("spnego").setLevel(logging.DEBUG)
"""


@dataclass
class Stand:
    """A deployment that smtui takes for a real one, and the home it works in."""

    home: Path
    deployment: Deployment
    environ: dict[str, str]

    def write_environment(self, sources: str) -> Path:
        """The drill's environment file, with places of its own and these lines for each credential."""
        ready = self.deployment.ready()
        text = (HOUSE / "smtui" / "drill" / "environment.toml").read_text("utf-8")
        text = text.replace('kind = "drill"', 'kind = "exercise"')
        for name, place in ready.servers.items():
            where = f'address = "{place.address}"\nport = {place.port}\nca_file = "{ready.ca_file}"\n'
            text = text.replace(f'[[server]]\nname = "{name}"\n', f'[[server]]\nname = "{name}"\n{where}')
        for name, place in ready.sql.items():
            where = f'address = "{place.address}"\nport = {place.port}\nca_file = "{ready.ca_file}"\n'
            text = text.replace(f'server = "{name}"\n', f'server = "{name}"\n{where}')
        for credential in ("smadmin", "sqladmin"):
            own = sources.replace("NAME", credential)
            text = re.sub(
                rf"(\[credentials\.{credential}\]\nuser = .*\n)sources = .*", lambda m, own=own: m[1] + own, text
            )
        text = text.replace("[environment]\n", f'[environment]\nmirror = "{self.home / "mirror"}"\n')
        (self.home / "mirror").mkdir(exist_ok=True)
        path = self.home / "contoso.toml"
        path.write_text(text, "utf-8")
        return path


def talkative(script: Script) -> Script:
    """The same script on a host that says both passwords in every encoding, as output and as a field."""

    def act(host: SimulatedHost, parameters: Mapping[str, Scalar], call: Call) -> ScriptResult:
        call.write(SPOKEN)
        result = script.act(host, parameters, call)
        return replace(result, fields={**result.fields, "spoken": SPOKEN})

    return replace(script, act=act)


@contextmanager
def stand(tmp_path: Path, patch: pytest.MonkeyPatch) -> Iterator[Stand]:
    hosts, home = tmp_path / "hosts", tmp_path / "home"
    hosts.mkdir()
    home.mkdir()
    passwords = iter([WINDOWS, SQL])
    environ: dict[str, str] = {}
    patch.setattr(drill, "SCRIPTS", {sha256: talkative(script) for sha256, script in drill.SCRIPTS.items()})
    with deployed(hosts / "world.sqlite", environ, Options(random_text=lambda _: next(passwords))) as deployment:
        patch.setenv("NTLM_USER_FILE", environ["NTLM_USER_FILE"])
        (home / "python").mkdir()
        (home / "python" / "sitecustomize.py").write_text(LOGGING + CRASH)
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
        yield Stand(
            home,
            deployment,
            {
                **kept,
                "HOME": str(home),
                "XDG_STATE_HOME": str(home / "state"),
                "XDG_CONFIG_HOME": str(home / "config"),
                "PYTHONPATH": f"{home / 'python'}:{HOUSE}",
                "CANARY_LOG": str(home / "debug.log"),
                "CANARY_HOUSE": str(HOUSE),
                "TERM": "xterm-256color",
            },
        )


@pytest.fixture
def contoso(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    with stand(tmp_path, monkeypatch) as made:
        yield made


class Watcher:
    """What can be seen of a process and its children from outside, while they run."""

    def __init__(self, pid: int) -> None:
        self.seen: set[str] = set()
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def finish(self) -> set[str]:
        """Everything that was seen: command lines of all, environments of the children."""
        self._over.set()
        self._thread.join()
        return self.seen

    def _watch(self) -> None:
        while not self._over.wait(0.01):
            for pid in self._family():
                for name in ("cmdline", "environ") if pid != self._pid else ("cmdline",):
                    try:
                        self.seen.add(Path(f"/proc/{pid}/{name}").read_bytes().decode("utf-8", "replace"))
                    except OSError:
                        continue

    def _family(self) -> list[int]:
        found, queue = [], [self._pid]
        while queue:
            pid = queue.pop()
            found.append(pid)
            for path in Path(f"/proc/{pid}/task").glob("*/children"):
                try:
                    queue += [int(child) for child in path.read_text().split()]
                except OSError:
                    continue
        return found


def confirmations() -> list[str]:
    library = Library([shipped_folder()])
    steps = lay_out(library.find(CHECKLIST), library).steps
    hand = [step.id for step in steps if step.item.run is None]
    return [part for item in hand for part in ("--confirm", f"{item}=done")]


def recover(contoso: Stand, environment: Path, answers: list[tuple[str, str]], **more: str) -> tuple[str, set[str]]:
    """Work through the checklist as a person would who types at a terminal; what was printed, and what was seen."""
    said = ""
    arguments = ["run", CHECKLIST, "-e", str(environment), "--input", "promoted=SM02", "--input", "former=SM01"]
    arguments += confirmations()
    seen: set[str] = set()
    for _ in range(4):
        child = pexpect.spawn(
            sys.executable,
            ["-m", "smtui", *arguments],
            env={**contoso.environ, **more},
            encoding="utf-8",
            timeout=LIMIT,
        )
        watcher = Watcher(child.pid)
        for prompt, answer in answers:
            child.expect_exact(prompt)
            said += child.before or ""
            child.waitnoecho()
            child.sendline(answer)
        child.expect(pexpect.EOF)
        said += child.before or ""
        child.close()
        seen |= watcher.finish()
        hint = re.search(r"--authorise ([\w./-]+)='([^']+)'", said.rpartition("stopped:")[2])
        if child.exitstatus != 3 or hint is None:
            break
        session = re.search(r"smtui resume (\S+)", said)
        assert session is not None, said
        arguments = ["run", CHECKLIST, "--session", session[1], *confirmations()]
        arguments += ["--authorise", f"{hint[1]}={hint[2]}"]
    assert child.exitstatus == 0, said
    return said, seen


def everything_left(home: Path) -> Iterator[tuple[str, str]]:
    """Every file by name and content, those inside of zips too."""
    for path in sorted(home.rglob("*")):
        if not path.is_file():
            continue
        yield str(path.relative_to(home)), path.read_bytes().decode("utf-8", "replace")
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    yield f"{path.name}:{name}", archive.read(name).decode("utf-8", "replace")


def judge(contoso: Stand, said: str, seen: set[str], spoken_at_least: int = len(ENCODERS)) -> None:
    session = next(path.name for path in (contoso.home / "state/smtui/sessions").iterdir() if path.name[0] != ".")
    for arguments in (["show", session], ["show", session, "--json"], ["report", session, "--output", "evidence"]):
        done = subprocess.run(
            [sys.executable, "-m", "smtui", *arguments], cwd=contoso.home, env=contoso.environ,
            capture_output=True, text=True, check=False, timeout=LIMIT,
        )  # fmt: skip
        assert done.returncode in {0, 3}, done.stderr
        said += done.stdout + done.stderr
    left = dict(everything_left(contoso.home))
    assert any(name.endswith("report.html") for name in left)
    assert any(name.startswith("mirror/") and name.endswith("session.toml") for name in left)
    assert "debug.log" in left
    kept = "".join(text for name, text in left.items() if "/outputs/" in name or name.endswith("session.toml"))
    assert kept.count("[REDACTED]") > spoken_at_least
    secrets = (WINDOWS, SQL, PASSPHRASE)
    found: dict[str, set[str]] = {}
    names: dict[str, str] = {text: name for name, text in left.items()}
    for text, name in names.items():
        if given_away := revealed([text], secrets):
            found[name] = given_away
    assert found == {}
    assert revealed([said, *seen], secrets) == set()


@contextmanager
def kept_in(folder: Path) -> Iterator[Path]:
    """A folder with both passwords in plain text, one file each, as somebody else keeps them for smtui."""
    kept = {folder / "smadmin": WINDOWS, folder / "sqladmin": SQL}
    folder.mkdir()
    for path, password in kept.items():
        path.write_text(password)
    yield folder
    for path in kept:
        path.unlink()  # what is left is searched


def test_the_judge_finds_what_is_there(contoso: Stand) -> None:
    leak = contoso.home / "leak"
    for name, encode in ENCODERS.items():
        leak.write_text(f"x {encode(WINDOWS)} y")
        left = dict(everything_left(contoso.home))
        assert reveals(left["leak"], WINDOWS), name
    leak.unlink()  # this test is searched too


def test_passwords_in_variables(contoso: Stand) -> None:
    environment = contoso.write_environment('sources = ["environment"]\nvariable = "PASSWORD_NAME"')
    said, seen = recover(contoso, environment, [], PASSWORD_smadmin=WINDOWS, PASSWORD_sqladmin=SQL)
    judge(contoso, said, seen)


def test_passwords_in_a_vault(contoso: Stand) -> None:
    vault = contoso.home / "config" / "smtui" / "vault"
    write_vault(vault, {"smadmin": Secret(WINDOWS), "sqladmin": Secret(SQL)}, Secret(PASSPHRASE))
    environment = contoso.write_environment('sources = ["vault"]')
    said, seen = recover(contoso, environment, [("Passphrase of the vault: ", PASSPHRASE)])
    judge(contoso, said, seen)


def test_passwords_from_commands(contoso: Stand) -> None:
    with kept_in(contoso.home.parent / "kept") as folder:
        environment = contoso.write_environment(f'sources = ["command"]\ncommand = ["cat", "{folder}/NAME"]')
        run = [sys.executable, "-m", "smtui", "trust", str(environment)]
        refused = subprocess.run(run, env=contoso.environ, capture_output=True, text=True, check=False, timeout=LIMIT)
        digest = refused.stderr.strip().rpartition(" ")[2]
        subprocess.run([*run, "--digest", digest], env=contoso.environ, capture_output=True, check=True, timeout=LIMIT)
        said, seen = recover(contoso, environment, [])
    judge(contoso, said, seen)


def test_passwords_of_a_service(contoso: Stand) -> None:
    environment = contoso.write_environment('sources = ["systemd"]')
    with kept_in(contoso.home.parent / "credentials") as folder:
        said, seen = recover(contoso, environment, [], CREDENTIALS_DIRECTORY=str(folder))
    judge(contoso, said, seen)


def test_passwords_that_are_typed(contoso: Stand) -> None:
    environment = contoso.write_environment('sources = ["prompt"]')
    prompts = [("Password of CONTOSO\\smadmin: ", WINDOWS), ("Password of smtui: ", SQL)]
    said, seen = recover(contoso, environment, prompts)
    judge(contoso, said, seen)


def journal(contoso: Stand) -> str:
    return "".join(path.read_text("utf-8") for path in contoso.home.glob("state/smtui/sessions/*/session.toml"))


class Screen:
    """A program on a terminal, and everything that it ever sent there."""

    def __init__(self, child: pexpect.spawn) -> None:
        self.child, self.said = child, ""

    def until(self, met: Callable[[], bool], key: str = "") -> None:
        """Read until something is so; the key is pressed again and again meanwhile."""
        deadline = time.monotonic() + LIMIT
        while not met():
            assert time.monotonic() < deadline, self.said[-3000:]
            self.child.send(key)
            self.read()

    def until_gone(self, key: str) -> None:
        """Press the key until nobody is there any more."""
        with suppress(pexpect.EOF, OSError):
            self.until(lambda: False, key)
        self.child.wait()
        self.child.close()

    def read(self) -> None:
        with suppress(pexpect.TIMEOUT):
            while True:
                self.said += self.child.read_nonblocking(1 << 16, timeout=0.3)


def test_screens_pictures_of_them_and_a_crash(contoso: Stand) -> None:
    environment = contoso.write_environment('sources = ["prompt"]')
    library = Library([shipped_folder()])
    steps = lay_out(library.find(CHECKLIST), library).steps
    looked_at = next(step.id for step in steps if step.item.sense and (step.item.sense.script or "").endswith(".ps1"))
    child = pexpect.spawn(
        sys.executable,
        [
            "-m",
            "smtui",
            "start",
            CHECKLIST,
            "-e",
            str(environment),
            "--input",
            "promoted=SM02",
            "--input",
            "former=SM01",
        ],
        env={**contoso.environ, "CANARY_CRASH": str(contoso.home / "crash.svg"), "CANARY_ITEM": looked_at},
        dimensions=(60, 200),
        encoding="utf-8",
        codec_errors="replace",
        timeout=LIMIT,
    )
    watcher, screen, picture = Watcher(child.pid), Screen(child), contoso.home / "crash.svg"
    for prompt, answer in (("Password of CONTOSO\\smadmin: ", WINDOWS), ("Password of smtui: ", SQL)):
        child.expect_exact(prompt)
        screen.said += child.before or ""
        child.waitnoecho()
        child.sendline(answer)
    screen.until(lambda: 'kind = "opened"' in journal(contoso))
    screen.until(lambda: picture.exists() and "REDACTED" in picture.read_text("utf-8"), "\x1b[23~")  # F11
    screen.until_gone("\x1b[21~")  # F10
    assert child.exitstatus == 70, screen.said
    assert "builtins.RuntimeError" in screen.said
    judge(contoso, screen.said, watcher.finish(), spoken_at_least=1)
