"""A time stamp authority of `openssl ts`, as a folder of keys and as a server on this machine."""

from __future__ import annotations

import http.server
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_CONFIGURATION = """\
[req]
distinguished_name = name
prompt = no
x509_extensions = ca
[name]
CN = {name}
[ca]
basicConstraints = critical, CA:TRUE
[stamps]
basicConstraints = CA:FALSE
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = authority
[authority]
serial = {folder}/serial
signer_cert = {folder}/stamps.pem
certs = {folder}/ca.pem
signer_key = {folder}/stamps.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.32473.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
"""


@dataclass(frozen=True)
class Authority:
    """Answers requests."""

    folder: Path

    @property
    def certificates(self) -> Path:
        return self.folder / "ca.pem"

    def reply(self, question: bytes) -> bytes:
        (self.folder / "question").write_bytes(question)
        out = self.folder / "reply"
        config = self.folder / "openssl.cnf"
        _run(
            *("openssl", "ts", "-reply", "-config", config, "-queryfile", self.folder / "question", "-out", out),
        )
        return out.read_bytes()


def _run(*arguments: str | Path) -> None:
    subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True)


def new_authority(folder: Path, name: str = "Test Authority") -> Authority:
    folder.mkdir()
    config = folder / "openssl.cnf"
    config.write_text(_CONFIGURATION.format(folder=folder, name=name))
    (folder / "serial").write_text("01\n")
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", config)
    _run("openssl", "req", "-x509", *new, "-days", "2", "-keyout", folder / "ca.key", "-out", folder / "ca.pem")
    _run("openssl", "req", *new, "-subj", "/CN=Stamps", "-keyout", folder / "stamps.key", "-out", folder / "csr")
    signed_by = ("-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-CAcreateserial", "-days", "1")
    extensions = ("-extfile", config, "-extensions", "stamps")
    _run("openssl", "x509", "-req", "-in", folder / "csr", *signed_by, *extensions, "-out", folder / "stamps.pem")
    return Authority(folder)


def openssl_verifies(bundle: Path, authority: Authority) -> bool:
    """The command that VERIFY.txt names."""
    done = subprocess.run(
        [
            *("openssl", "ts", "-verify", "-data", "SHA256SUMS", "-in", "SHA256SUMS.tsr"),
            *("-CAfile", str(authority.certificates)),
        ],
        cwd=bundle,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


@contextmanager
def served(answer: bytes | Authority) -> Iterator[str]:
    """A server that gives every request the answer of an authority, or the same bytes; its URL."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that the library asks for
            question = self.rfile.read(int(self.headers["Content-Length"]))
            asked_well = self.headers["Content-Type"] == "application/timestamp-query"
            reply = answer.reply(question) if isinstance(answer, Authority) else answer
            self.send_response(200 if asked_well else 400)
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as above
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()
