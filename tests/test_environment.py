from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import smtui
from smtui.environment import (
    Environment,
    EnvironmentFileError,
    difference,
    insecure_ways,
    load_environment,
    parse_environment,
)
from smtui.environment.insecure import ACCEPTED

TEXT = """\
[environment]
name = "Contoso Service Manager"
kind = "recovery"
management_group = "SM_Contoso"
mirror = "/srv/share/smtui"

[[server]]
name = "SM01"
roles = ["management-server", "workflow-server"]
fqdn = "sm01.contoso.com"
address = "10.0.0.11"
ca_file = "contoso-ca.pem"
credential = "smadmin"

[[server]]
name = "SM02"
roles = ["management-server"]
fqdn = "sm02.contoso.com"
transport = "ntlm"
credential = "smadmin"

[[server]]
name = "SQL01"
roles = ["sql"]
fqdn = "sql01.contoso.com"
address = "fd00::12"

[[database]]
role = "service-manager"
server = "SQL01"
name = "ServiceManager"
port = 1433
credential = "sqladmin"

[groups]
all-management-servers = ["SM01", "SM02"]

[paths]
media = '\\\\fs01\\media\\SCSM'
encryption_key_sm = '\\\\fs01\\backup\\SMBackupkey.bin'

[credentials.smadmin]
user = 'CONTOSO\\smadmin'
sources = ["kerberos", "vault", "prompt"]

[credentials.sqladmin]
user = "smtui"
sources = ["environment"]
variable = "SMTUI_SQL"
"""

READY = {
    "pid": 1,
    "servers": {
        name: {"address": "127.0.0.1", "port": port} for port, name in enumerate(["SM01", "SM02", "SQL01"], 40000)
    },
    "sql": {"SQL01": {"address": "127.0.0.1", "port": 41000}},
    "ca_file": "/run/drill/ca.pem",
    "accounts": {"smadmin": {"user": "u", "password": "p"}},
}


def parse(text: str) -> Environment:
    return parse_environment(text.encode(), "environment.toml")


@pytest.fixture
def contoso() -> Environment:
    return parse(TEXT)


def test_the_whole_file_is_read(contoso: Environment, tmp_path: Path) -> None:
    assert contoso.server("sm02").fqdn == "sm02.contoso.com"
    assert contoso.server("SM01").transport == "kerberos"
    assert contoso.server("SM01").tls
    assert contoso.database("service-manager").server == "SQL01"
    assert [server.name for server in contoso.servers_with("management-server")] == ["SM01", "SM02"]
    assert contoso.servers_with("portal") == ()
    assert contoso.groups == {"all-management-servers": ("SM01", "SM02")}
    assert contoso.paths["media"] == r"\\fs01\media\SCSM"
    assert contoso.credentials["sqladmin"].variable == "SMTUI_SQL"
    (tmp_path / "environment.toml").write_text(TEXT, "utf-8")
    assert load_environment(tmp_path / "environment.toml") == contoso


def test_what_is_not_there_is_a_key_error(contoso: Environment) -> None:
    with pytest.raises(KeyError, match="SM09"):
        contoso.server("SM09")
    with pytest.raises(KeyError, match="dw-staging"):
        contoso.database("dw-staging")


MISTAKES = [
    ("[environment]", "[enviroment]", "unknown key `enviroment`; did you mean `environment`?"),
    ("[environment]", "[enviroment]", "`environment` is missing"),
    ('name = "Contoso Service Manager"', "", "`name` is missing"),
    ('name = "Contoso Service Manager"', 'name = ""', "`name` is empty"),
    ('kind = "recovery"', 'kind = "recovry"', "`kind` cannot be `recovry`; did you mean `recovery`?"),
    ("management_group", "managment_group", "unknown key `managment_group`; did you mean `management_group`?"),
    ("[[database]]", "[database]", "`database` must be written as [[database]], not a table"),
    ('name = "SM01"', 'name = "SM 01"', "`name` must be a host name without its domain"),
    ('name = "SM01"', 'name = "sm01.contoso.com"', "`name` must be a host name without its domain"),
    ('name = "SM02"', 'name = "sm01"', "the server `sm01` is there already, in line 7"),
    ('fqdn = "sm02.contoso.com"', 'fqdn = "SM01.contoso.com"', "the full name `sm01.contoso.com` is there already"),
    ('fqdn = "sm02.contoso.com"', 'fqdn = "sm02"', "`fqdn` must be a full name such as"),
    ('fqdn = "sm02.contoso.com"', 'fqdn = "sm02.contoso.com;x"', "`fqdn` must be a full name such as"),
    ('fqdn = "sm02.contoso.com"', "fqdn = 3", "`fqdn` must be text, not a whole number"),
    ('roles = ["management-server"]', 'roles = ["managment-server"]', "`roles[1]` cannot be `managment-server`; did"),
    ('roles = ["management-server"]', 'roles = ["sql", "sql"]', "a role is named twice"),
    ('roles = ["management-server"]', 'roles = "sql"', "`roles` must be a list, not text"),
    ('address = "10.0.0.11"', 'address = "https://10.0.0.11"', "`address` must be a host name or an IP address"),
    ('address = "10.0.0.11"', "port = 0", "0 is no port"),
    ('address = "10.0.0.11"', 'port = "5986"', "`port` must be a whole number, not text"),
    ('transport = "ntlm"', 'transport = "NTLM"', "`transport` cannot be `NTLM`; did you mean `ntlm`?"),
    (
        'transport = "ntlm"',
        'transport = "basic"\nport = 5985',
        "basic over plain HTTP (port 5985), so passwords can be read on the network; to accept that: insecure = ",
    ),
    ('transport = "ntlm"', 'transport = "certificate"\nport = 5985', "`certificate` is for TLS only; port 5985 speaks"),
    ('transport = "ntlm"', 'transport = "ntlm"\nverify_certificate = false', "its certificate is not checked, so"),
    ('transport = "ntlm"', 'transport = "ntlm"\ninsecure = "yes"', "`insecure` takes exactly these words"),
    (
        'transport = "ntlm"',
        'transport = "ntlm"\nport = 5985\nverify_certificate = false',
        "there is no certificate on port 5985",
    ),
    ("port = 1433", 'port = 1433\nencrypt = "optional"', "encryption is optional, so passwords can be read"),
    ("port = 1433", "port = 1433\nverify_certificate = false", "its certificate is not checked, so passwords can"),
    (
        "port = 1433",
        'port = 1433\nencrypt = "strict"\nverify_certificate = false',
        '`encrypt = "strict"` always checks it',
    ),
    ('transport = "ntlm"\ncredential = "smadmin"', 'transport = "ntlm"', "`ntlm` needs a `credential`"),
    ('credential = "smadmin"', 'credential = "smadmn"', "no credential is called `smadmn`; did you mean `smadmin`?"),
    ('role = "service-manager"', 'role = "servicemanager"', "did you mean `service-manager`?"),
    ('server = "SQL01"', 'server = "SQL1"', "no server is called `SQL1`; did you mean"),
    ('name = "ServiceManager"', 'name = " "', "`name` must be the name of a database"),
    ('name = "ServiceManager"', 'name = "a\\u0007"', "`name` must be the name of a database"),
    (
        "port = 1433\ncredential",
        'via = "winrm"\ncredential',
        '`via = "winrm"` goes by its server\'s own entry: leave `credential` out',
    ),
    (
        'port = 1433\ncredential = "sqladmin"',
        'via = "winrm"\nencrypt = "strict"',
        '`via = "winrm"` knows `yes` and `optional` only',
    ),
    ("port = 1433", 'port = 1433\ninstance = "X"', "`port` says where the instance is"),
    ("port = 1433", 'instance = "X;Y"', "`instance` must be the name of an instance"),
    ('"SM01", "SM02"', '"SM01", "SM03"', "no server is called `SM03`; did you mean"),
    ('"SM01", "SM02"', '"SM01", "SM01"', "`SM01` is in the group twice"),
    ('"SM01", "SM02"', "", "has no members"),
    ("all-management-servers =", "All =", "names are lower case words"),
    ("all-management-servers =", "sql =", "`sql` has a meaning of its own"),
    ("all-management-servers =", "dw-staging =", "`dw-staging` has a meaning of its own"),
    ("all-management-servers =", "local =", "`local` has a meaning of its own"),
    ("media = ", "Media = ", "names are lower case words"),
    (r"'\\fs01\media\SCSM'", "''", "is no path"),
    (r"'CONTOSO\smadmin'", "''", "`user` must be the name of an account"),
    ('["kerberos", "vault", "prompt"]', '["valt"]', "`sources[1]` cannot be `valt`; did you mean `vault`?"),
    ('["kerberos", "vault", "prompt"]', "[]", "`sources` is empty"),
    ('["kerberos", "vault", "prompt"]', '["drill"]', "for the simulated deployment only"),
    (
        'sources = ["environment"]\nvariable = "SMTUI_SQL"',
        'sources = ["environment"]',
        "the source `environment` and the key `variable` belong together",
    ),
    ('variable = "SMTUI_SQL"', 'password = "x"', "unknown key `password`"),
]


def test_insecure_ways_are_open_where_so_many_words_accept_it_and_are_named() -> None:
    accepted = f'insecure = "{ACCEPTED}"'
    text = TEXT.replace('transport = "ntlm"', f'transport = "basic"\nport = 5985\n{accepted}', 1)
    text = text.replace("port = 1433", f'port = 1433\nencrypt = "optional"\nverify_certificate = false\n{accepted}', 1)
    assert insecure_ways(parse(TEXT)) == ()
    assert insecure_ways(parse(text)) == (
        "SM02: basic over plain HTTP (port 5985)",
        "ServiceManager on SQL01: encryption is optional",
        "ServiceManager on SQL01: its certificate is not checked",
    )


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES, ids=[said[:60] for _, _, said in MISTAKES])
def test_a_mistake_is_named_where_it_stands(old: str, new: str, said: str) -> None:
    assert old in TEXT
    before = TEXT[: TEXT.index(old)]
    line, head = before.count("\n") + 1, before[: before.rfind("\n[") + 1].count("\n") + 1
    with pytest.raises(EnvironmentFileError) as caught:
        parse(TEXT.replace(old, new, 1))
    hits = [problem for problem in caught.value.problems if said in problem.text]
    assert hits, str(caught.value)
    # What is missing is told at the head of its table.
    assert {problem.line for problem in hits} <= {line, head, line + new.count("\n")}, str(caught.value)


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(EnvironmentFileError) as caught:
        parse('[environment]\nname = ""\n[[server]]\nname = 3\nfqdn = ""\nroles = ["sq"]\n[[database]]\n')
    assert [str(problem) for problem in caught.value.problems] == [
        "environment.toml:1: `kind` is missing",
        "environment.toml:1: `management_group` is missing",
        "environment.toml:2: `name` is empty",
        "environment.toml:4: `name` must be text, not a whole number",
        "environment.toml:5: `fqdn` must be a full name such as sm01.contoso.com",
        "environment.toml:6: `roles[1]` cannot be `sq`; did you mean `sql`?",
        "environment.toml:7: `name` is missing",
        "environment.toml:7: `role` is missing",
        "environment.toml:7: `server` is missing",
    ]


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFileError, match=r"missing\.toml: cannot be read: No such file"):
        load_environment(tmp_path / "missing.toml")


@given(
    st.one_of(
        st.binary(),
        st.tuples(st.integers(0, len(TEXT)), st.integers(0, 30), st.text(max_size=10)).map(
            lambda cut: (TEXT[: cut[0]] + cut[2] + TEXT[cut[0] + cut[1] :]).encode(errors="replace")
        ),
    )
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        parse_environment(data, "any")
    except EnvironmentFileError as error:
        problems = error.problems
    else:
        return
    assert problems


def test_a_drill_replaces_places_and_keeps_names(contoso: Environment) -> None:
    overlaid = contoso.overlaid(READY)
    assert overlaid.server("SM02").address == "127.0.0.1"
    assert overlaid.server("SM02").port == 40001
    assert overlaid.server("SM02").fqdn == "sm02.contoso.com"
    database = overlaid.database("service-manager")
    assert (database.address, database.port, database.instance) == ("127.0.0.1", 41000, None)
    assert {server.ca_file for server in overlaid.servers} == {"/run/drill/ca.pem"}
    assert database.ca_file == "/run/drill/ca.pem"
    assert overlaid.credentials == contoso.credentials


@pytest.mark.parametrize("part", ["servers", "sql"])
def test_a_drill_leaves_no_host_where_it_is(contoso: Environment, part: str) -> None:
    with pytest.raises(EnvironmentFileError, match=r"does not serve (SM01|ServiceManager)"):
        contoso.overlaid(READY | {part: {}})
    with pytest.raises(EnvironmentFileError, match="ready file"):
        contoso.overlaid({key: value for key, value in READY.items() if key != part})


def test_the_deployment_of_the_drill_is_right() -> None:
    environment = load_environment(Path(smtui.__file__).parent / "drill" / "environment.toml")
    assert environment.kind == "drill"


def test_files_beside_the_deployment_file_are_found(contoso: Environment) -> None:
    located = contoso.located(Path("/etc/smtui"))
    assert located.server("SM01").ca_file == "/etc/smtui/contoso-ca.pem"
    assert located.server("SM02").ca_file is None
    assert contoso.overlaid(READY).located(Path("/etc")).server("SM01").ca_file == "/run/drill/ca.pem"


def test_a_difference_is_told_line_by_line(contoso: Environment) -> None:
    assert difference(contoso, contoso) == ()
    after = parse(
        TEXT.replace('address = "10.0.0.11"', 'address = "10.0.0.99"')
        .replace('ca_file = "contoso-ca.pem"\n', "")
        .replace('["SM01", "SM02"]', '["SM02"]')
        .replace("encryption_key_sm", "packs")
        .replace('"SM_Contoso"', '"SM_New"')
    )
    assert difference(contoso, after) == (
        "path encryption_key_sm removed",
        "environment: management_group SM_Contoso -> SM_New",
        "server SM01: address 10.0.0.11 -> 10.0.0.99",
        "server SM01: ca_file contoso-ca.pem -> (none)",
        "group all-management-servers: members SM01 SM02 -> SM02",
        r"path packs added: path \\fs01\backup\SMBackupkey.bin",
    )


def test_an_environment_travels_as_json(contoso: Environment) -> None:
    assert msgspec.json.decode(msgspec.json.encode(contoso), type=Environment) == contoso
