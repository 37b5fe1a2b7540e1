"""HTML of mails: made harmless for a page, and put into words for a timeline."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nh3

LONGEST = 400_000
TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "i", "ins", "li", "ol", "p", "pre", "q", "s", "small", "span", "strong", "sub", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
"""No pictures (they tell their sender who reads), no styles (they lay themselves over the page), no forms."""
ATTRIBUTES = {"a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
BLOCKS = {
    "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "hr", "dd",
    "dt", "section", "article", "header", "footer",
}  # fmt: skip
HIDDEN = {"script", "style", "head", "title", "template"}
_BLANKS = re.compile(r"[ \t\xa0\u200b]+")
_GAPS = re.compile(r"\n(?:(?:> ?)*\n){2,}")


def harmless(html: str) -> str:
    """Return what of a mail's HTML may stand in one of our pages."""
    return nh3.clean(
        html[:LONGEST], tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow", clean_content_tags={"script", "style", "title"},
    )  # fmt: skip


class _Words(HTMLParser):
    """Writes down what a reader sees; quotations get a `>` before each line, like in plain mails."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[list[str]] = [[]]
        self.depths = [0]
        self.depth = 0
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in HIDDEN:
            self.hidden.append(tag)
        if tag == "br" or tag in BLOCKS:
            self._break()
        if tag == "hr":
            self._say("_" * 32)
            self._break()
        if tag == "blockquote":
            self.depth += 1
            self._break()
        if tag == "td":
            self._say(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in ("br", "hr"):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in HIDDEN and tag in self.hidden:
            while self.hidden and self.hidden.pop() != tag:
                pass
        if tag == "blockquote":
            self.depth = max(0, self.depth - 1)
        if tag in BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self._say(data.replace("\n", " "))

    def _say(self, text: str) -> None:
        self.lines[-1].append(text)

    def _break(self) -> None:
        self.lines.append([])
        self.depths.append(min(self.depth, 5))


def words_of(html: str) -> str:
    """Return the words of some HTML as plain text."""
    reader = _Words()
    reader.feed(html[:LONGEST])
    reader.close()
    written = []
    for parts, depth in zip(reader.lines, reader.depths):
        line = _BLANKS.sub(" ", "".join(parts)).strip()
        written.append(("> " * depth + line).rstrip() if line or depth else "")
    return _GAPS.sub("\n\n", "\n".join(written)).strip()
