"""What libraries throw, and what nobody expects them to."""

from __future__ import annotations

import asyncio
import json
import pickle
import queue
import socket
import ssl
import struct
import subprocess
import tomllib
import xml.parsers.expat
from xml.etree import ElementTree

from smtui.secrets.credentials import CredentialError
from smtui.targets.base import TargetError

THROWN = (
    Exception("plain"), RuntimeError("x"), ValueError("x"), TypeError("x"), KeyError("x"), IndexError("x"),
    AttributeError("x"), AssertionError("x"), ZeroDivisionError("x"), OverflowError("x"), MemoryError("x"),
    RecursionError("x"), NotImplementedError("x"), StopIteration("x"), StopAsyncIteration("x"), GeneratorExit("x"),
    SystemExit(3), KeyboardInterrupt("x"), OSError(5, "x"), TimeoutError("x"), ConnectionResetError("x"),
    BrokenPipeError("x"), EOFError("x"), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"), socket.gaierror("x"),
    ssl.SSLError("x"), ElementTree.ParseError("x"), json.JSONDecodeError("x", "y", 0), tomllib.TOMLDecodeError("x"),
    struct.error("x"), subprocess.TimeoutExpired("x", 1), asyncio.CancelledError("x"), queue.Empty("x"),
    pickle.UnpicklingError("x"), xml.parsers.expat.ExpatError("x"), TargetError("x"), CredentialError("x"),
    ExceptionGroup("x", [ValueError("y")]), Warning("[/bold]\x1b[2J"),
)  # fmt: skip
