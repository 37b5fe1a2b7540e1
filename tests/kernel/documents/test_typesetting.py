"""Documents are set with the house's own fonts, in every language, and say what they were given."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import typst
from django.conf import settings
from pypdf import PdfReader

from opscharter.kernel.documents.typesetting import typeset

TEMPLATE = """
#import "/kernel/documents/house.typ": *
#show: document-of.with(title: data.title, company: "華瑞", note: data.amount)
= #data.title
#clause("3.5.1") #data.amount #for row in data.rows [#row ]
"""


@pytest.fixture
def template(tmp_path, monkeypatch):
    """Return a template in a folder that stands for the package, beside the real house.typ."""
    (tmp_path / "kernel").symlink_to(settings.PACKAGE / "kernel")
    monkeypatch.setattr("opscharter.kernel.documents.typesetting.ROOT", tmp_path)
    path = tmp_path / "report.typ"
    path.write_text(TEMPLATE)
    return path


@pytest.mark.parametrize(
    ("language", "font"), [("zh-hant", "NotoSansTC"), ("zh-hans", "NotoSansSC"), ("en", "NotoSansTC")]
)
def test_a_document_says_its_data_with_the_font_of_its_language(template: Path, language, font):
    pdf = PdfReader(
        io.BytesIO(typeset(template, {"title": "服務報告", "amount": "41,500.00", "rows": [1, 2]}, language))
    )
    text = pdf.pages[0].extract_text()
    assert "服務報告" in text
    assert "41,500.00" in text
    used = {str(each.get_object()["/BaseFont"]) for each in pdf.pages[0]["/Resources"]["/Font"].values()}
    assert all(font in name for name in used), used


def test_a_template_that_asks_for_what_was_not_given_is_an_error(template: Path):
    with pytest.raises(typst.TypstError):
        typeset(template, {"title": "x"}, "en")
