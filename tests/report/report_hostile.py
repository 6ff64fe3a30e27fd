"""Text that means something to a browser, a Markdown reader, a spreadsheet or a terminal, and must stay text."""

from __future__ import annotations

CORPUS = (
    "<script>document.title='pwned'</script>",
    "</title><script>document.title='pwned'</script>",
    "</pre></code></td></tr></table><script>document.title='pwned'</script>",
    "<img src=x onerror=\"document.title='pwned'\">",
    '"><svg onload="document.title=\'pwned\'">',
    "<img src='@URL@/img'><link rel=stylesheet href='@URL@/css'><iframe src='@URL@/frame'></iframe>",
    "<meta http-equiv=refresh content='0;url=@URL@/refresh'>",
    "<style>@import '@URL@/style';body{background:url(@URL@/bg)}</style>",
    "<base href='@URL@/'><form action='@URL@/form'><input autofocus onfocus=document.title='pwned'></form>",
    "[click](javascript:document.title='pwned') ![x](@URL@/md) <@URL@/auto>",
    "```\n# heading\n````\n- list | cell | cell\n***strong*** `code` ~~~",
    "| a | b |\n| --- | --- |\n| 1 | 2 |",
    '=HYPERLINK("@URL@","x")',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\x1b]0;title\x07\x1b[2J\x1b]52;c;cHduZWQ=\x07",
    "\x9b31mred\x9b0m \x90q\x9c",
    "bidi \u202e\u2066 gnp.exe \u2069 zero\u200bwidth \ufeff",
    "nul \x00 bell \x07 back \x08 del \x7f ls \u2028 ps \u2029 nel \x85",
    "surrogate \ud800 \udfff",
    "&lt;b&gt; &amp; &#x3c;script&#x3e; \\<b\\> \\\\",
    "$(touch pwned) `touch pwned` ; touch pwned # '\"",
    "{promoted.fqdn} {{7*7}} ${7*7} <%= 7*7 %>",
)
"""`@URL@` stands for a server that counts who calls."""


def at(url: str) -> tuple[str, ...]:
    return tuple(text.replace("@URL@", url) for text in CORPUS)
