"""Reading and writing a regulation as Markdown, the form in which a company writes its own.

    # Title
    A preamble of any length.
    ## 1 General
    ### 1.1 Purpose
    **1.1.1 Heading.** The text of the article, up to the next article or heading.

Numbers are chapter.section.article and ascend. Full-width digits and spaces are read as their plain forms.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

_CHAPTER = re.compile(r"##\s*(\d+)[.、]?\s+(\S.*)")
_SECTION = re.compile(r"###\s*(\d+\.\d+)[.、]?\s+(\S.*)")
_ARTICLE = re.compile(r"\*\*\s*(\d+\.\d+\.\d+)\s+(.*?)[.。]?\s*\*\*\s*(.*)")


class RegulationSyntaxError(ValueError):
    """A line that cannot be read; `line` is its number from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line, self.message = line, message


@dataclass
class Article:
    """One clause: number, heading and text."""

    number: str
    heading: str
    text: str = ""


@dataclass
class Section:
    """A section of a chapter."""

    number: str
    title: str
    articles: list[Article] = field(default_factory=list)


@dataclass
class Chapter:
    """A chapter of the regulation."""

    number: str
    title: str
    sections: list[Section] = field(default_factory=list)


@dataclass
class RegulationText:
    """A whole regulation."""

    title: str
    preamble: str = ""
    chapters: list[Chapter] = field(default_factory=list)

    def articles(self) -> Iterator[Article]:
        """Go through all articles in order."""
        for chapter in self.chapters:
            for section in chapter.sections:
                yield from section.articles


def _plain_numbers(line: str) -> str:
    """Turn full-width digits, dots, number signs and spaces into plain ones; the words stay as they are."""
    head, rest = line[:40], line[40:]
    normal = "".join(unicodedata.normalize("NFKC", c) if c in "０１２３４５６７８９．＃＊　" else c for c in head)
    return normal + rest


def _key(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))


class _Reader:
    def __init__(self) -> None:
        self.text = RegulationText("")
        self.chapter: Chapter | None = None
        self.section: Section | None = None
        self.article: Article | None = None
        self.last: tuple[int, ...] = ()
        self.begun = 0

    def read(self, line_number: int, line: str) -> None:
        if line.startswith("###"):
            self._section(line_number, line)
        elif line.startswith("##"):
            self._chapter(line_number, line)
        elif line.startswith("#"):
            self._title(line_number, line)
        elif line.startswith("**") and re.match(r"\*\*\s*\d", line):
            self._article(line_number, line)
        elif line:
            self._words(line_number, line)

    def _ascend(self, line_number: int, number: str) -> None:
        if _key(number) <= self.last:
            raise RegulationSyntaxError(line_number, f"{number} does not come after the number before it")
        self.last = _key(number)

    def _title(self, line_number: int, line: str) -> None:
        if self.text.title:
            raise RegulationSyntaxError(line_number, "a regulation has one title")
        self.text.title = line.lstrip("# ").strip()

    def _chapter(self, line_number: int, line: str) -> None:
        found = _CHAPTER.fullmatch(line)
        if not found:
            raise RegulationSyntaxError(line_number, "a chapter reads: ## 3 Heading")
        self._finish_article()
        self._ascend(line_number, found[1])
        self.chapter, self.section = Chapter(found[1], found[2].strip()), None
        self.text.chapters.append(self.chapter)

    def _section(self, line_number: int, line: str) -> None:
        found = _SECTION.fullmatch(line)
        if not found:
            raise RegulationSyntaxError(line_number, "a section reads: ### 3.1 Heading")
        if self.chapter is None or found[1].split(".")[0] != self.chapter.number:
            raise RegulationSyntaxError(line_number, f"section {found[1]} stands outside its chapter")
        self._finish_article()
        self._ascend(line_number, found[1])
        self.section = Section(found[1], found[2].strip())
        self.chapter.sections.append(self.section)

    def _article(self, line_number: int, line: str) -> None:
        found = _ARTICLE.fullmatch(line)
        if not found or not found[2].strip():
            raise RegulationSyntaxError(line_number, "an article reads: **3.1.1 Heading.** Text")
        if self.section is None or found[1].rsplit(".", 1)[0] != self.section.number:
            raise RegulationSyntaxError(line_number, f"article {found[1]} stands outside its section")
        self._finish_article()
        self._ascend(line_number, found[1])
        self.article, self.begun = Article(found[1], found[2].strip(), found[3].strip()), line_number
        self.section.articles.append(self.article)

    def _words(self, line_number: int, line: str) -> None:
        if self.article is not None:
            self.article.text = f"{self.article.text}\n{line}".strip()
        elif self.chapter is None:
            self.text.preamble = f"{self.text.preamble}\n{line}".strip()
        else:
            raise RegulationSyntaxError(line_number, "text stands outside an article")

    def _finish_article(self) -> None:
        if self.article is not None and not self.article.text:
            raise RegulationSyntaxError(self.begun, f"article {self.article.number} has no text")
        self.article = None

    def finish(self, line_number: int) -> RegulationText:
        self._finish_article()
        if not self.text.title:
            raise RegulationSyntaxError(1, "the title is missing: # Title")
        if not any(True for _article in self.text.articles()):
            raise RegulationSyntaxError(line_number, "there is no article")
        return self.text


def parse(content: str) -> RegulationText:
    """Read a regulation; RegulationSyntaxError names the line and the reason."""
    reader = _Reader()
    lines = content.replace("\ufeff", "").splitlines()
    for number, line in enumerate(lines, start=1):
        reader.read(number, _plain_numbers(line).strip())
    return reader.finish(max(len(lines), 1))


def render(text: RegulationText) -> str:
    """Write a regulation; `parse` reads the same from it."""
    lines = [f"# {text.title}", ""]
    if text.preamble:
        lines += [text.preamble, ""]
    for chapter in text.chapters:
        lines += [f"## {chapter.number} {chapter.title}", ""]
        for section in chapter.sections:
            lines += [f"### {section.number} {section.title}", ""]
            for article in section.articles:
                lines += [f"**{article.number} {article.heading}.** {article.text}", ""]
    return "\n".join(lines)
