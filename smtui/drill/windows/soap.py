"""SOAP envelopes of WS-Management as Windows writes them (DSP0226, MS-WSMV)."""

from __future__ import annotations

import re
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
IDENTITY = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"

NAMES = {"s": SOAP, "a": ADDRESSING, "w": WSMAN, "rsp": SHELL, "wsmid": IDENTITY}

_OPEN = (
    f'<s:Envelope xml:lang="en-US" xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:x="{TRANSFER}" xmlns:w="{WSMAN}" '
    f'xmlns:rsp="{SHELL}" xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd">'
)
_ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
_FAULT_ACTION = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
_FAULT_NAMESPACE = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
_DEFAULT_TIMEOUT = 60.0
_DEFAULT_ENVELOPE = 512_000


class MalformedEnvelope(Exception):
    """The bytes are no envelope that an action can be read from."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One request."""

    verb: str
    """Last word of the action: Create, Command, Send, Receive, Signal, Delete, Get; or Identify."""
    action: str
    message_id: str
    to: str
    resource: str
    shell_id: str
    """Empty where the request selects no shell."""
    timeout: float
    """OperationTimeout in seconds."""
    most_bytes: int
    """MaxEnvelopeSize: of the reply."""
    options: Mapping[str, str]
    body: ET.Element

    @classmethod
    def parse(cls, data: bytes) -> Envelope:
        """Read a request; raises MalformedEnvelope."""
        if b"<!DOCTYPE" in data:
            raise MalformedEnvelope("SOAP knows no document type")
        try:
            root = ET.fromstring(data)  # noqa: S314  # no document type, so nothing can be expanded  # nosec B314
        except ET.ParseError as error:
            raise MalformedEnvelope(str(error)) from error
        body = root.find("s:Body", NAMES)
        if body is None:
            raise MalformedEnvelope("no Body")
        header = root.find("s:Header", NAMES)
        if header is None:
            header = ET.Element("none")
        action = _text(header, "a:Action")
        identify = not action and body.find("wsmid:Identify", NAMES) is not None
        return cls(
            verb="Identify" if identify else action.rpartition("/")[2],
            action=action,
            message_id=_text(header, "a:MessageID"),
            to=_text(header, "a:To"),
            resource=_text(header, "w:ResourceURI"),
            shell_id=_named(header, "w:SelectorSet/w:Selector").get("ShellId", ""),
            timeout=duration(_text(header, "w:OperationTimeout"), _DEFAULT_TIMEOUT),
            most_bytes=_number(_text(header, "w:MaxEnvelopeSize"), _DEFAULT_ENVELOPE),
            options=_named(header, "w:OptionSet/w:Option"),
            body=body,
        )

    def reply(self, body: str) -> bytes:
        """The answer to this request; `body` is XML whose prefixes the envelope declares."""
        return self._answer(f"{self.action}Response", body)

    def fault(self, fault: WsManFault) -> bytes:
        """The refusal of this request."""
        return self._answer(_FAULT_ACTION, fault.xml())

    def _answer(self, action: str, body: str) -> bytes:
        text = (
            f"{_OPEN}<s:Header><a:Action>{escape(action)}</a:Action><a:MessageID>uuid:{new_id()}</a:MessageID>"
            f"<a:To>{_ANONYMOUS}</a:To><p:ActivityId>{new_id()}</p:ActivityId>"
            f"<a:RelatesTo>{escape(self.message_id)}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
        )
        return text.encode()


class WsManFault(Exception):
    """A request is refused; `code` is what clients decide by."""

    def __init__(self, code: int, subcode: str, text: str, *, receiver: bool = True, detail: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.subcode = subcode
        self.text = text
        self.receiver = receiver
        self.detail = detail

    def xml(self) -> str:
        """The Fault element."""
        who = "Receiver" if self.receiver else "Sender"
        detail = f"<w:FaultDetail>{self.detail}</w:FaultDetail>" if self.detail else ""
        return (
            f"<s:Fault><s:Code><s:Value>s:{who}</s:Value><s:Subcode><s:Value>{self.subcode}</s:Value></s:Subcode></s:Code>"
            f'<s:Reason><s:Text xml:lang="en-US">{escape(self.text)}</s:Text></s:Reason><s:Detail>{detail}'
            f'<f:WSManFault xmlns:f="{_FAULT_NAMESPACE}" Code="{self.code}" Machine="127.0.0.1">'
            f"<f:Message>{escape(self.text)}</f:Message></f:WSManFault></s:Detail></s:Fault>"
        )


def timed_out() -> WsManFault:
    """No output within OperationTimeout: the client asks again."""
    return WsManFault(
        2150858793,
        "w:TimedOut",
        "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.  ",
    )


def no_shell(shell_id: str) -> WsManFault:
    """The shell is unknown: deleted, idle too long, or of the time before a restart."""
    return _invalid_selectors(
        "The WS-Management service cannot process the request because the request contained invalid selectors for the "
        f"resource. The shell was not found on the server. Shell ID: {shell_id}"
    )


def no_command() -> WsManFault:
    """The command is unknown in its shell."""
    return _invalid_selectors(
        "The Windows Remote Shell received a request to perform an operation on a command identifier that does not "
        "exist. Either the command has completed execution or the client specified an invalid command identifier. "
    )


def _invalid_selectors(text: str) -> WsManFault:
    detail = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/UnexpectedSelectors"
    return WsManFault(2150858843, "w:InvalidSelectors", text, receiver=False, detail=detail)


def too_many_shells(most: int) -> WsManFault:
    """Quota MaxShellsPerUser."""
    return WsManFault(
        2150859173,
        "w:QuotaLimit",
        "The WS-Management service cannot process the request. This user is allowed a maximum number of "
        f"{most} concurrent shells, which has been exceeded. Close existing shells or raise the quota for this user. ",
    )


def too_many_operations(most: int) -> WsManFault:
    """Quota MaxConcurrentOperationsPerUser."""
    return WsManFault(
        2150859174,
        "w:QuotaLimit",
        "The WS-Management service cannot process the request. This user is allowed a maximum number of "
        f"{most} concurrent operations, which has been exceeded. Close existing operations for this user, or raise the "
        "quota for this user. ",
    )


def access_denied() -> WsManFault:
    """The account may log on, but not open a shell: no administrator, or allowed to a JEA endpoint only."""
    return WsManFault(5, "w:AccessDenied", "Access is denied. ")


def unsupported(what: str) -> WsManFault:
    """An action or resource that a remote shell service does not know."""
    return WsManFault(
        2150858752,
        "wsa:ActionNotSupported",
        f"The WS-Management service cannot process the request because it does not support {what}. ",
        receiver=False,
    )


def identify_reply(caption: str) -> bytes:
    """The answer to Identify."""
    return (
        f'<s:Envelope xml:lang="en-US" xmlns:s="{SOAP}"><s:Header/><s:Body>'
        f'<wsmid:IdentifyResponse xmlns:wsmid="{IDENTITY}"><wsmid:ProtocolVersion>{WSMAN}</wsmid:ProtocolVersion>'
        "<wsmid:ProductVendor>smtui drill</wsmid:ProductVendor>"
        f"<wsmid:ProductVersion>{escape(caption)} (simulated) Stack: 3.0</wsmid:ProductVersion>"
        "</wsmid:IdentifyResponse></s:Body></s:Envelope>"
    ).encode()


def new_id() -> str:
    """A GUID as Windows writes it."""
    return str(uuid.uuid4()).upper()


def chosen_id(text: str) -> str:
    """The GUID that a client chose, or a new one where it chose none."""
    try:
        return str(uuid.UUID(text)).upper()
    except ValueError:
        return new_id()


def duration(text: str, default: float) -> float:
    """Seconds of an ISO 8601 duration without months and years, e.g. `PT20S`."""
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        return default
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _text(header: ET.Element, path: str) -> str:
    return (header.findtext(path, "", NAMES) or "").strip()


def _named(header: ET.Element, path: str) -> dict[str, str]:
    return {node.get("Name", ""): node.text or "" for node in header.iterfind(path, NAMES)}


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() else default
