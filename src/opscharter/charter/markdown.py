"""Reading and writing a regulation as Markdown, the form in which a company writes its own.

    # Title
    A preamble of any length.
    ## 1 General
    ### 1.1 Purpose
    **1.1.1 Heading.** The text of the article, with any further lines, up to the next article or heading.

An article may also stand under a heading of its own: `#### 1.1.1 Heading`, its text below. Numbers are
chapter.section.article and ascend; one may be left out, none may come twice. Their digits, stops and spaces may be
full-width, and `1.` or `1、` is read as `1`. Thematic breaks (`---`) separate and say nothing. A line of text that
would be read as a heading, an article or a break is written with a backslash before it, as everywhere in Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

_DIGITS = "[0-9０-９]{1,3}"
_NUMBER = rf"({_DIGITS}(?:[.．]{_DIGITS})*)(?![0-9０-９])[.．、]?\s*"
_PLAIN = str.maketrans("０１２３４５６７８９．", "0123456789.")

_HEADING = re.compile(r"(#+)\s*(.*?)(?:\s+#+)?")
_NUMBERED = re.compile(rf"{_NUMBER}(.*)")
_LEAD = re.compile(rf"\*\*\s*(?={_DIGITS}[.．]{_DIGITS}[.．]{_DIGITS})")
"""The beginning of an article within its paragraph; bold words that begin with another figure are words."""
_ARTICLE = re.compile(rf"\*\*\s*{_NUMBER}(.*?)\s*\*\*\s*(.*)")
_BREAK = re.compile(r"(?:-{3,}|\*{3,}|_{3,})")
_FULL_STOP = re.compile(r"\s*[.。．]\Z")
_HAN = re.compile(r"[\u3000-\u30ff\u3400-\u9fff]")

_FORMS = {1: "## 3 Heading", 2: "### 3.1 Heading", 3: "#### 3.1.1 Heading"}
"""How a heading is written, by the parts its number has."""


class RegulationSyntaxError(ValueError):
    """A line that cannot be read as part of a regulation: `line` is its number from 1, `message` the reason."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(_("line %(line)d: %(message)s") % {"line": line, "message": message})
        self.line, self.message = line, message


@dataclass
class Article:
    """One clause: its number such as "3.4.2", a heading of one line, and the text in Markdown."""

    number: str
    heading: str
    text: str = ""


@dataclass
class Section:
    """A section of a chapter, numbered such as "3.4"."""

    number: str
    title: str
    articles: list[Article] = field(default_factory=list)


@dataclass
class Chapter:
    """A chapter of the regulation, numbered such as "3"."""

    number: str
    title: str
    sections: list[Section] = field(default_factory=list)


@dataclass
class RegulationText:
    """A whole regulation in one language."""

    title: str
    preamble: str = ""
    chapters: list[Chapter] = field(default_factory=list)

    def articles(self) -> Iterator[Article]:
        """Go through all articles in order."""
        for chapter in self.chapters:
            for section in chapter.sections:
                yield from section.articles


def parse(content: str) -> RegulationText:
    """Read a regulation; RegulationSyntaxError names the first line that cannot be read, and why."""
    reader = _Reader()
    for line, words in enumerate(re.split(r"\r\n|\r|\n", content.removeprefix("\ufeff")), start=1):
        reader.read(line, words.rstrip())
    return reader.finish()


def render(text: RegulationText) -> str:
    """Write a regulation; `parse` reads the same from it. Titles and headings are one line each."""
    paragraphs = [f"# {_escape_words(text.title)}"]
    if text.preamble:
        paragraphs.append("\n".join(_escape_line(line) for line in text.preamble.split("\n")))
    for chapter in text.chapters:
        paragraphs.append(f"## {chapter.number} {_escape_words(chapter.title)}")
        for section in chapter.sections:
            paragraphs.append(f"### {section.number} {_escape_words(section.title)}")
            paragraphs += [_render_article(article) for article in section.articles]
    return "\n\n".join(paragraphs) + "\n"


def _render_article(article: Article) -> str:
    first, *others = article.text.split("\n")
    stop = "。" if _HAN.search(article.heading) else "."
    lead = f"**{article.number} {_escape_words(article.heading)}{stop}** {first}"
    return "\n".join([lead, *(_escape_line(line) for line in others)])


def _escape_words(words: str) -> str:
    return re.sub(r"([\\*#])", r"\\\1", words)


def _unescape_words(words: str) -> str:
    return re.sub(r"\\([\\*#])", r"\1", words)


def _escape_line(line: str) -> str:
    bare = line.strip()
    if bare.startswith(("#", "\\")) or _LEAD.match(bare) or _BREAK.fullmatch(bare):
        return line.replace(bare, f"\\{bare}", 1)
    return line


def _unescape_line(line: str) -> str:
    return re.sub(r"^(\s*)\\(?=[\\#*_-])", r"\1", line)


def _key(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))


class _Reader:
    """The lines read so far, and the chapter, section and article now open."""

    def __init__(self) -> None:
        self.regulation: RegulationText | None = None
        self.chapter: Chapter | None = None
        self.section: Section | None = None
        self.article: Article | None = None
        self.body: list[str] = []
        """The lines of the open article, or of the preamble."""
        self.lines: dict[str, int] = {}
        """Number → the line it stands on, in order."""

    def read(self, line: int, words: str) -> None:
        """Take in one line, without its line end and trailing spaces."""
        bare = words.strip()
        if _BREAK.fullmatch(bare):
            return
        if bare.startswith("#"):
            self._heading(line, bare)
        elif _LEAD.match(bare):
            self._article_lead(line, bare)
        else:
            self._words(line, words)

    def finish(self) -> RegulationText:
        """Close what is open and return the whole."""
        if self.regulation is None:
            raise RegulationSyntaxError(1, _("the title is missing: # Title"))
        self._close(depth=1)
        if not self.regulation.chapters:
            raise RegulationSyntaxError(1, _("there is no chapter"))
        return self.regulation

    def _heading(self, line: int, bare: str) -> None:
        found = _HEADING.fullmatch(bare)
        assert found is not None  # every line that begins with a number sign
        depth, words = len(found[1]) - 1, found[2]
        if depth == 0:
            self._title(line, _unescape_words(words))
            return
        if depth not in _FORMS:
            raise RegulationSyntaxError(line, _("headings go no deeper than that of an article: #### 3.1.1 Heading"))
        numbered = _NUMBERED.fullmatch(words)
        if numbered is None:
            raise _error(line, _("a heading here begins with its number: %(form)s"), form=_FORMS[depth])
        number, title = _plain(numbered[1]), numbered[2]
        if len(_key(number)) != depth:
            raise _error(
                line, _("%(number)s is no number for a heading of this depth: %(form)s"),
                number=number, form=_FORMS[depth],
            )  # fmt: skip
        if depth == 3:
            self._open_article(line, number, title)
        elif not title:
            raise _error(line, _("%(number)s has no heading"), number=number)
        elif depth == 2:
            self._open_section(line, number, _unescape_words(title))
        else:
            self._open_chapter(line, number, _unescape_words(title))

    def _article_lead(self, line: int, bare: str) -> None:
        found = _ARTICLE.fullmatch(bare)
        if found is None:
            raise RegulationSyntaxError(line, _("an article reads: **3.1.1 Heading.** Text"))
        number = _plain(found[1])
        if len(_key(number)) != 3:
            raise _error(line, _("%(number)s goes deeper than chapter.section.article"), number=number)
        self._open_article(line, number, found[2])
        self.body = [found[3]]

    def _title(self, line: int, title: str) -> None:
        if self.regulation is not None:
            raise RegulationSyntaxError(line, _("a regulation has one title"))
        if not title:
            raise RegulationSyntaxError(line, _("the title is missing: # Title"))
        self.regulation = RegulationText(title)

    def _open_chapter(self, line: int, number: str, title: str) -> None:
        if self.regulation is None:
            raise RegulationSyntaxError(line, _("the title is missing: # Title"))
        self._place(line, number)
        self._close(depth=1)
        self.chapter = Chapter(number, title)
        self.regulation.chapters.append(self.chapter)

    def _open_section(self, line: int, number: str, title: str) -> None:
        self._place(line, number)
        if self.chapter is None or not number.startswith(f"{self.chapter.number}."):
            raise _error(line, _("section %(number)s stands outside its chapter"), number=number)
        self._close(depth=2)
        self.section = Section(number, title)
        self.chapter.sections.append(self.section)

    def _open_article(self, line: int, number: str, heading: str) -> None:
        heading = _unescape_words(_FULL_STOP.sub("", heading, count=1)).strip()
        if not heading:
            raise _error(line, _("article %(number)s has no heading: **%(number)s Heading.** Text"), number=number)
        self._place(line, number)
        if self.section is None or not number.startswith(f"{self.section.number}."):
            raise _error(line, _("article %(number)s stands outside its section"), number=number)
        self._close(depth=3)
        self.article = Article(number, heading)
        self.section.articles.append(self.article)

    def _place(self, line: int, number: str) -> None:
        """Note where a number stands, after the one before it and never twice."""
        if number in self.lines:
            raise _error(line, _("%(number)s is on line %(first)d already"), number=number, first=self.lines[number])
        last = next(reversed(self.lines), None)
        if last is not None and _key(number) < _key(last):
            raise _error(line, _("%(number)s cannot come after %(last)s"), number=number, last=last)
        self.lines[number] = line

    def _words(self, line: int, words: str) -> None:
        if self.regulation is None or (self.chapter is not None and self.article is None):
            if words:
                raise RegulationSyntaxError(line, _("text stands outside an article"))
            return
        self.body.append(_unescape_line(words))

    def _close(self, depth: int) -> None:
        """End the open article or preamble (depth 3), the open section (2) and the open chapter (1)."""
        text, self.body = "\n".join(self.body).strip(), []
        if self.article is not None:
            if not text:
                number = self.article.number
                raise _error(self.lines[number], _("article %(number)s has no text"), number=number)
            self.article.text, self.article = text, None
        elif self.chapter is None and self.regulation is not None:
            self.regulation.preamble = text
        if depth <= 2 and self.section is not None:
            if not self.section.articles:
                number = self.section.number
                raise _error(self.lines[number], _("section %(number)s has no article"), number=number)
            self.section = None
        if depth == 1 and self.chapter is not None:
            if not self.chapter.sections:
                number = self.chapter.number
                raise _error(self.lines[number], _("chapter %(number)s has no section"), number=number)
            self.chapter = None


def _plain(number: str) -> str:
    """Return a number in plain digits without leading zeros."""
    return ".".join(str(part) for part in _key(number.translate(_PLAIN)))


def _error(line: int, message: str, **values: Any) -> RegulationSyntaxError:
    return RegulationSyntaxError(line, message % values)
