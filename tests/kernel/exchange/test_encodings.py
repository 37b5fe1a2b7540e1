"""Which encoding a file is in."""

from __future__ import annotations

import pytest

from opscharter.kernel.exchange.encodings import UnreadableFile, decoded

SIMPLIFIED = "编号,标题,客户\nINC-1,服务器无法访问,上海某某科技有限公司\n"
TRADITIONAL = "編號,標題,客戶\nINC-1,伺服器無法連線,臺北某某科技股份有限公司\n"


@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL, "number,title\n1,x\n", ""])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf_8_is_read_with_and_without_its_mark(text, encoding):
    assert decoded(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLIFIED, "gb18030"),
        (TRADITIONAL, "cp950"),
        (TRADITIONAL, "gb18030"),
        ("title\n上海\n", "gb18030"),
        ("title\n無法連線\n", "cp950"),
    ],
)
def test_gb18030_and_big5_are_told_apart(text, encoding):
    assert decoded(text.encode(encoding)) == text


def test_a_file_that_could_be_either_is_not_guessed_at():
    both = b"title\n\xb0\xa1\n"
    assert {both.decode("gb18030"), both.decode("cp950")} == {"title\n啊\n", "title\n陛\n"}
    with pytest.raises(UnreadableFile, match="UTF-8"):
        decoded(both)


def test_what_is_no_text_is_refused():
    with pytest.raises(UnreadableFile):
        decoded(b"\x89PNG\r\n\x1a\n\xff\xff\xff")
