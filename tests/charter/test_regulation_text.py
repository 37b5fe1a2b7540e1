"""The default regulation and the Markdown it is written in."""

import re
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from opscharter.charter.install import clause_facts, default_texts
from opscharter.charter.markdown import (
    Article,
    Chapter,
    RegulationSyntaxError,
    RegulationText,
    Section,
    parse,
    render,
)
from opscharter.charter.models import Clause
from opscharter.organization.roles import NAMES

CLAUSES = 90
SPECIFICATION = Path(__file__).parents[3] / "shared" / "spec" / "regulation.md"
STANDARDS = ("ISO/IEC 20000-1", "ISO 9001", "ISO/IEC 27001", "GB/T 28827", "GB/T 22239")
SMALLEST = "# T\n## 1 C\n### 1.1 S\n**1.1.1 H.** Words\n"


def numbers(text: RegulationText) -> list[str]:
    return [article.number for article in text.articles()]


def headings(text: RegulationText) -> list[str]:
    return [number for c in text.chapters for number in [c.number, *(s.number for s in c.sections)]]


# The default regulation


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans", "en"])
def test_each_language_has_the_same_clauses_and_is_written_as_render_writes_it(language: str) -> None:
    texts = default_texts()
    original, text = texts["zh-hant"], texts[language]
    assert len(numbers(text)) == CLAUSES
    assert numbers(text) == numbers(original)
    assert headings(text) == headings(original)
    assert text.title
    assert text.preamble
    path = Path(__file__).parents[2] / "src/opscharter/charter/default" / f"{language}.md"
    assert render(text) == path.read_text(encoding="utf-8")


def test_the_numbers_are_those_of_the_specification() -> None:
    if not SPECIFICATION.exists():
        pytest.skip("the specification is not beside this checkout")
    asked = re.findall(r"^\| (\d+\.\d+\.\d+) \|", SPECIFICATION.read_text(encoding="utf-8"), re.MULTILINE)
    assert numbers(default_texts()["zh-hant"]) == asked


def test_chinese_headings_are_short_and_each_script_is_pure() -> None:
    texts = default_texts()
    for language in ("zh-hant", "zh-hans"):
        assert [a.heading for a in texts[language].articles() if len(a.heading) > 16] == []
    render(texts["zh-hant"]).encode("big5")
    render(texts["zh-hans"]).encode("gb2312")


def test_every_figure_of_the_original_is_the_same_in_simplified_chinese() -> None:
    figures = re.compile("[一二三四五六七八九十百]+(?:個|个|家|日|小時|小时|分鐘|分钟)|P[1-4]")
    texts = default_texts()
    for original, converted in zip(texts["zh-hant"].articles(), texts["zh-hans"].articles()):
        assert len(figures.findall(original.text)) == len(figures.findall(converted.text)), original.number
        assert len(original.text) == len(converted.text), original.number


def test_every_clause_has_an_owner_another_supervisor_and_duties_of_known_roles() -> None:
    facts = clause_facts()
    assert facts["interpreter"]
    assert list(facts["clauses"]) == numbers(default_texts()["zh-hant"])
    for number, clause in facts["clauses"].items():
        assert set(clause) <= {"owner", "supervisor", "expectation", "frameworks", "duties"}, number
        assert clause["owner"] != clause["supervisor"], number
        assert {clause["owner"], clause["supervisor"], *clause["duties"]} <= set(NAMES), number
        assert len(set(clause["duties"])) == len(clause["duties"]) > 0, number
        assert clause.get("expectation", "") in Clause.Expectation.values, number
        assert all(each.startswith(STANDARDS) for each in clause.get("frameworks", [])), number


def test_what_the_specification_calls_indicative_is_expected_to_be() -> None:
    clauses = clause_facts()["clauses"]
    indicative = {number for number, clause in clauses.items() if clause.get("expectation") == "indicative"}
    assert indicative == {"1.1.1", "1.3.2", "1.3.3", "4.5.1"}


# Reading


def test_a_regulation_is_read_with_preamble_paragraphs_and_lists() -> None:
    text = parse(
        "# Title\n\nFirst.\n\nSecond.\n\n## 1 General\n\n### 1.1 Purpose\n\n"
        "**1.1.1 Why.** One\nline.\n\n- a\n  - b\n\n**Note** that 3.\n\n**15 minutes** at most.\n"
    )
    assert text.preamble == "First.\n\nSecond."
    assert text.chapters == [
        Chapter("1", "General", [Section("1.1", "Purpose", [
            Article("1.1.1", "Why", "One\nline.\n\n- a\n  - b\n\n**Note** that 3.\n\n**15 minutes** at most."),
        ])]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        "# 標題\r\n## 1 總則\r\n### 1.1 宗旨\r\n**1.1.1 目的。** 文。\r\n",
        "\ufeff# 標題\r## 1 總則\r### 1.1 宗旨\r**1.1.1 目的。** 文。",
        "#　標題\n##　１　總則\n###　１．１　宗旨\n**１．１．１　目的。**　文。\n",
        "#標題\n##1、總則\n###1.1宗旨\n**1.1.1目的。**文。\n",
        "# 標題\n---\n## 1. 總則 ##\n### 1.1. 宗旨\n#### 1.1.1 目的\n\n文。\n\n***\n",
        "# 標題\n## 01 總則\n### 1.01 宗旨\n**1.1.1 目的** 文。\n",
    ],
    ids=["crlf", "cr and byte order mark", "full width", "no spaces", "headings and breaks", "leading zeros"],
)
def test_sane_ways_of_writing_are_read_alike(content: str) -> None:
    assert parse(content) == RegulationText(
        "標題", "", [Chapter("1", "總則", [Section("1.1", "宗旨", [Article("1.1.1", "目的", "文。")])])]
    )


def test_full_width_characters_within_the_words_stay_as_they_are() -> None:
    text = parse("# Ｔ１\n## 1 Ｃ１\n### 1.1 Ｓ１\n**1.1.1 第１條。** 於　１５　分鐘內。\n")
    assert (text.title, text.chapters[0].title, text.chapters[0].sections[0].title) == ("Ｔ１", "Ｃ１", "Ｓ１")
    assert next(text.articles()) == Article("1.1.1", "第１條", "於　１５　分鐘內。")


def test_a_number_may_be_left_out() -> None:
    assert numbers(parse("# T\n## 2 C\n### 2.4 S\n**2.4.3 H.** Words\n**2.4.10 H.** Words")) == ["2.4.3", "2.4.10"]


# Refusing


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("", 1, "title is missing"),
        ("Words", 1, "outside an article"),
        ("#\n", 1, "title is missing"),
        ("## 1 C\n", 1, "title is missing"),
        ("# T\n\nWords\n", 1, "no chapter"),
        ("# T\n# T\n", 2, "one title"),
        (SMALLEST + "## 0 C\n", 5, "0 cannot come after 1.1.1"),
        ("# T\n## 1 C\n### 1.2 S\n**1.2.1 H.** Words\n### 1.1 S\n", 5, "1.1 cannot come after 1.2.1"),
        (SMALLEST.replace("1.1.1", "1.1.2") + "**1.1.1 H.** Words\n", 5, "1.1.1 cannot come after 1.1.2"),
        (SMALLEST + "\n**1.1.1 H.** Words\n", 6, "1.1.1 is on line 4 already"),
        (SMALLEST + "### 1.1 S\n", 5, "1.1 is on line 3 already"),
        (SMALLEST + "## 1 C\n", 5, "1 is on line 2 already"),
        (SMALLEST + "**1.2.1 H.** Words\n", 5, "article 1.2.1 stands outside its section"),
        (SMALLEST + "## 2 C\n**2.1.1 H.** Words\n", 6, "article 2.1.1 stands outside its section"),
        (SMALLEST + "### 2.1 S\n", 5, "section 2.1 stands outside its chapter"),
        ("# T\n### 1.1 S\n", 2, "section 1.1 stands outside its chapter"),
        ("# T\n## 1\n", 2, "1 has no heading"),
        ("# T\n## 1 C\n### 1.1 \n", 3, "1.1 has no heading"),
        ("# T\n## 1 C\n### 1.1 S\n**1.1.1** Words\n", 4, "article 1.1.1 has no heading"),
        ("# T\n## 1 C\n### 1.1 S\n**1.1.1 .** Words\n", 4, "article 1.1.1 has no heading"),
        ("# T\n## 1 C\n### 1.1 S\n#### 1.1.1\nWords\n", 4, "article 1.1.1 has no heading"),
        ("# T\n## General\n", 2, "begins with its number: ## 3 Heading"),
        ("# T\n## 2026 plan\n", 2, "begins with its number: ## 3 Heading"),
        ("# T\n## 1 C\n### 1.1 S\n**1.1.1 H.**\n\n**1.1.2 H.** Words\n", 4, "article 1.1.1 has no text"),
        ("# T\n## 1 C\n### 1.1 S\n\n**1.1.1 H.**", 5, "article 1.1.1 has no text"),
        ("# T\n## 1 C\n### 1.1 S\n### 1.2 S\n", 3, "section 1.1 has no article"),
        ("# T\n## 1 C\n## 2 C\n", 2, "chapter 1 has no section"),
        ("# T\n## 1 C\nWords\n", 3, "outside an article"),
        ("# T\n## 1 C\n### 1.1 S\nWords\n", 4, "outside an article"),
        ("# T\n## 1.1 C\n", 2, "1.1 is no number for a heading of this depth: ## 3 Heading"),
        ("# T\n## 1 C\n### 1 S\n", 3, "1 is no number for a heading of this depth: ### 3.1 Heading"),
        (SMALLEST + "##### 1.1.1.1 H\n", 5, "no deeper"),
        (SMALLEST + "**1.1.1.1 H.** Words\n", 5, "1.1.1.1 goes deeper"),
        ("# T\n## 1 C\n### 1.1 S\n**1.1.1 H. Words\n", 4, "an article reads"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_the_reason(content: str, line: int, reason: str) -> None:
    with translation.override("en"), pytest.raises(RegulationSyntaxError) as caught:
        parse(content)
    assert (caught.value.line, reason in caught.value.message) == (line, True), caught.value
    assert str(caught.value) == f"line {line}: {caught.value.message}"


# Writing


def test_words_that_look_like_structure_are_escaped_and_read_back() -> None:
    article = Article("1.1.1", "A **bold** #1 \\ name.", "# one\n## 1 two\n  **2.1.1 x.** y\n---\n\\# z\n\\w\n- li")
    text = RegulationText("C # \\*", "# p\n***", [Chapter("1", "F# ##", [Section("1.1", "*", [article])])])
    assert parse(render(text)) == text


_character = st.one_of(
    st.sampled_from("#*\\-_.。．、 　1１２aA條,|"),
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"),
)
_line = st.text(_character, max_size=12)
_heading = _line.map(str.strip).filter(bool)
_body = st.lists(_line.map(str.rstrip), max_size=5).map(lambda lines: "\n".join(lines).strip())


@st.composite
def _regulations(draw: st.DrawFn) -> RegulationText:
    def some(prefix: str) -> list[str]:
        chosen = draw(st.sets(st.integers(0, 999), min_size=1, max_size=3))
        return [f"{prefix}{number}" for number in sorted(chosen)]

    text = RegulationText(draw(_heading), draw(_body))
    for chapter in some(""):
        text.chapters.append(Chapter(chapter, draw(_heading)))
        for section in some(f"{chapter}."):
            articles = [Article(n, draw(_heading), draw(_body.filter(bool))) for n in some(f"{section}.")]
            text.chapters[-1].sections.append(Section(section, draw(_heading), articles))
    return text


@given(_regulations())
def test_what_render_writes_parse_reads_the_same(text: RegulationText) -> None:
    assert parse(render(text)) == text
