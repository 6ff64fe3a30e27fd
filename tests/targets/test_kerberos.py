"""A real Kerberos realm (MIT's KDC, on 127.0.0.1) between smtui's own target and a simulated host.

Needs Debian's krb5-kdc, krb5-admin-server, krb5-user and libkrb5-dev, and pykerberos, gssapi and krb5 built from
source: `bin/kerberos-test` installs them and runs this. Without them it is skipped.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from windows_stand import WAITED, Listener, Stand, call

REALM, HOST, PASSWORD = "CONTOSO.TEST", "sm02.contoso.test", "t1cket-pass-word"
PROGRAMS = ("krb5kdc", "kdb5_util", "kadmin.local", "kinit", "kdestroy")
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
missing = [name for name in PROGRAMS if shutil.which(name, path=PATH) is None]
missing += [name for name in ("kerberos", "gssapi", "krb5") if importlib.util.find_spec(name) is None]
pytestmark = pytest.mark.skipif(bool(missing), reason=f"bin/kerberos-test brings {', '.join(missing)}")


class Realm:
    """One KDC with a service and an administrator."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as reserved:
            self.port = reserved.getsockname()[1]
        (folder / "krb5.conf").write_text(
            f"[libdefaults]\n default_realm = {REALM}\n dns_lookup_kdc = false\n dns_lookup_realm = false\n"
            " rdns = false\n dns_canonicalize_hostname = false\n"
            f"[realms]\n {REALM} = {{\n  kdc = 127.0.0.1:{self.port}\n }}\n"
            f"[domain_realm]\n .contoso.test = {REALM}\n"
        )
        (folder / "kdc.conf").write_text(
            f"[kdcdefaults]\n kdc_listen = 127.0.0.1:{self.port}\n kdc_tcp_listen = 127.0.0.1:{self.port}\n"
            f"[realms]\n {REALM} = {{\n  database_name = {folder}/principal\n  key_stash_file = {folder}/stash\n"
            "  max_life = 10h\n }\n"
        )
        self.environ = {
            "KRB5_CONFIG": str(folder / "krb5.conf"),
            "KRB5_KDC_PROFILE": str(folder / "kdc.conf"),
            "KRB5_KTNAME": f"FILE:{folder}/keytab",
            "KRB5CCNAME": f"FILE:{folder}/ticket",
        }
        self._run("kdb5_util", "create", "-s", "-r", REALM, "-P", "master")
        for command in (
            f"addprinc -pw {PASSWORD} smadmin",
            f"addprinc -randkey HTTP/{HOST}",
            f"ktadd -k {folder}/keytab HTTP/{HOST}",
        ):
            self._run("kadmin.local", "-r", REALM, "-q", command)
        self._kdc = subprocess.Popen(
            [shutil.which("krb5kdc", path=PATH) or "", "-n", "-r", REALM],
            env={**os.environ, **self.environ},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while not self._listens():
            assert self._kdc.poll() is None, "the KDC ended"
            assert time.monotonic() < deadline, "the KDC does not listen"
            time.sleep(0.05)

    def kinit(self) -> None:
        self._run("kinit", "smadmin", said=f"{PASSWORD}\n")

    def kdestroy(self) -> None:
        self._run("kdestroy")

    def close(self) -> None:
        self._kdc.terminate()
        self._kdc.wait(60)

    def _listens(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def _run(self, program: str, *arguments: str, said: str = "") -> None:
        done = subprocess.run(
            [shutil.which(program, path=PATH) or program, *arguments],
            env={**os.environ, **self.environ},
            input=said,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, (program, done.stdout, done.stderr)


@pytest.fixture
def realm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Realm]:
    folder = tmp_path / "realm"
    folder.mkdir()
    made = Realm(folder)
    for name, value in made.environ.items():
        monkeypatch.setenv(name, value)
    yield made
    made.close()


@pytest.mark.parametrize("tls", [True, False])
def test_a_ticket_opens_the_host_and_without_one_nothing_is_sent(
    realm: Realm, make_stand: Callable[..., Stand], tls: bool
) -> None:
    stand = make_stand(kerberos=HOST)
    plain = {} if tls else {"tls": False, "port": stand.server.port}
    target = stand.target(transport="kerberos", user="", password="", **plain)
    without = target.run(call(timeout=WAITED), Listener().watch())
    assert (without.ending, stand.executed()) == ("rejected", 0)
    assert "kinit" in without.reason
    realm.kinit()
    listener = Listener()
    result = target.run(call("echo", name="srv\u2019; x"), listener.watch())
    assert result.ending == "ok", result.reason
    assert stand.executed() == 1
    realm.kdestroy()
    target.close()


def test_a_service_that_has_no_key_is_refused_in_words(realm: Realm, make_stand: Callable[..., Stand]) -> None:
    realm.kinit()
    stand = make_stand(kerberos=HOST)
    result = stand.target(transport="kerberos", user="", password="", fqdn="sm03.contoso.test", verify=False).run(
        call(), Listener().watch()
    )
    assert result.ending == "rejected"
    assert "Kerberos" in result.reason
