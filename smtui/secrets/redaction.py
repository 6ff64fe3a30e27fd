"""Keeps secrets out of what is shown and written: text as it streams, in every form of `encodings.variants`.

Long forms are looked for with all blanks and line ends left out of both sides, so wrapped and spaced output hides
nothing. A cheap look for the first characters of each form comes first; output without them costs next to nothing.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from smtui.secrets.encodings import SHORTEST, variants

MARK: Final = "[REDACTED]"
_HEAD: Final = SHORTEST
"""Characters by which a form announces itself."""
_LONG: Final = 6
"""Characters from which on a form is found across blanks; a shorter one would be found where it is not."""
_HELD: Final = 64 * 1024
"""Characters that a stream holds back at most, when blanks without end might still be inside a secret."""
_BLANKS: Final = " \t\r\n"

Span = tuple[int, int]


class Redactor:
    """The secrets that are known so far. May be used by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forms: frozenset[str] = frozenset()
        self._finder = _Finder(())

    def add(self, secret: str) -> None:
        """Redact this from now on, in open streams too. Raises ValueError for one of fewer than 4 characters."""
        if len(secret) < SHORTEST:
            raise ValueError(f"a secret of fewer than {SHORTEST} characters cannot be redacted")
        with self._lock:
            self._forms |= variants(secret)
            self._finder = _Finder(self._forms)

    def text(self, text: str) -> str:
        """A whole text without its secrets."""
        return _without(text, self._finder.spans(text))

    def stream(self) -> Stream:
        """For text that comes in pieces, one stream for each source."""
        return Stream(self)

    @property
    def finder(self) -> _Finder:
        """What looks for the secrets known now."""
        return self._finder


class Stream:
    """Redacts text that comes in pieces; what may be the beginning of a secret is held back until it is clear."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._held = ""

    def feed(self, text: str) -> str:
        """Take a piece; gives what of the text so far is safe."""
        text = self._held + text
        finder = self._redactor.finder
        spans = finder.spans(text)
        cut = finder.open_end(text)
        if len(text) - cut > _HELD:
            cut = len(text)
        for start, end in spans:
            if start < cut < end:
                cut = start if len(text) - start <= _HELD else end
        self._held = text[cut:]
        return _without(text[:cut], [span for span in spans if span[1] <= cut])

    def finish(self) -> str:
        """The text is over; gives what was held back."""
        held, self._held = self._held, ""
        return self._redactor.text(held)


class _Finder:
    """Where a fixed set of forms occurs in a text."""

    def __init__(self, forms: Iterable[str]) -> None:
        squeezed = {form: _squeezed(form) for form in forms}
        self._long = _Forms(form for form in squeezed.values() if len(form) >= _LONG)
        self._short = _Forms(form for form, bare in squeezed.items() if len(bare) < _LONG)

    def spans(self, text: str) -> list[Span]:
        """Start and end of every occurrence, overlapping ones as one, in order."""
        found = self._short.spans(text)
        bare = _squeezed(text)
        bare_spans = self._long.spans(bare)
        if bare_spans:
            places = [i for i, character in enumerate(text) if character not in _BLANKS]
            found += [(places[start], places[end - 1] + 1) for start, end in bare_spans]
        return _merged(found)

    def open_end(self, text: str) -> int:
        """Where at the end of the text a secret may have begun, else its length."""
        short = self._short.open_end(text)
        tail = _squeezed(text[-_HELD:])
        missing = len(tail) - self._long.open_end(tail)
        if not missing:
            return short
        backwards = (i for i in range(len(text) - 1, -1, -1) if text[i] not in _BLANKS)
        return min(short, next(islice(backwards, missing - 1, None)))


class _Forms:
    """Literal strings, looked for by their heads first."""

    def __init__(self, forms: Iterable[str]) -> None:
        self._by_head: dict[str, list[str]] = defaultdict(list)
        self._by_first: dict[str, list[str]] = defaultdict(list)
        self._longest = 0
        for form in set(forms):
            self._by_head[form[:_HEAD]].append(form)
            self._by_first[form[0]].append(form)
            self._longest = max(self._longest, len(form))

    def spans(self, text: str) -> list[Span]:
        found: list[Span] = []
        for head, forms in self._by_head.items():
            first = text.find(head)
            if first >= 0:
                for form in forms:
                    found += _occurrences(form, text, first)
        return found

    def open_end(self, text: str) -> int:
        for start in range(max(0, len(text) - self._longest + 1), len(text)):
            forms = self._by_first.get(text[start])
            if forms and any(form.startswith(text[start:]) for form in forms):
                return start
        return len(text)


def _squeezed(text: str) -> str:
    for blank in _BLANKS:  # faster than str.translate, which is slow outside ASCII
        text = text.replace(blank, "")
    return text


def _occurrences(form: str, text: str, start: int) -> list[Span]:
    """Overlapping ones too."""
    found: list[Span] = []
    while (start := text.find(form, start)) >= 0:
        found.append((start, start + len(form)))
        start += 1
    return found


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _without(text: str, spans: Sequence[Span]) -> str:
    parts: list[str] = []
    position = 0
    for start, end in spans:
        parts += [text[position:start], MARK]
        position = end
    return "".join(parts) + text[position:]
