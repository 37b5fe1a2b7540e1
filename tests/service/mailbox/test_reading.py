"""Reading what comes from anywhere: charsets, headers, HTML, quotations, and mails made to do harm."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from opscharter.service.mailbox.reading.charsets import header_text, language_of, to_text
from opscharter.service.mailbox.reading.html import harmless, words_of
from opscharter.service.mailbox.reading.mail import Unreadable, read
from opscharter.service.mailbox.reading.nature import nature_of
from opscharter.service.mailbox.reading.quotes import split


def body(text, charset, declared=None, subject=b"x"):
    head = b"From: a@b.example\r\nSubject: " + subject
    head += f"\r\nContent-Type: text/plain; charset={declared or charset}\r\n\r\n".encode()
    return read(head + text.encode(charset))


@pytest.mark.parametrize(
    ("text", "charset", "declared"),
    [
        ("服务器无法登录，请协助处理。", "gbk", "gbk"),
        ("服务器无法登录，请协助处理。", "gb18030", "gb2312"),  # programs say GB2312 and write GB18030
        ("朱镕基与㐂字", "gb18030", "GB2312"),
        ("伺服器無法登入，請協助處理。", "big5", "big5"),
        ("サーバーに接続できません。", "iso2022_jp", "ISO-2022-JP"),
        ("서버에 접속할 수 없습니다", "cp949", "ks_c_5601-1987"),
        ("Grüße aus Köln – 5 €", "cp1252", "iso-8859-1"),
        ("伺服器無法登入", "utf-8", "no-such-charset"),
        ("服务器无法登录，请协助处理，谢谢。", "gbk", "us-ascii"),
        ("伺服器無法登入，請協助處理，謝謝。", "big5", "utf-8"),
    ],
)
def test_every_charset_is_read_also_when_it_is_declared_wrongly(text, charset, declared):
    assert body(text, charset, declared).text == text


def test_broken_bytes_never_stop_reading():
    mail = read(b"From: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nab\xff\xfe\x00c\xed\xa0\x80")
    assert mail.text.startswith("ab")
    assert "\x00" not in mail.text
    assert to_text(b"\xff" * 50)
    assert to_text(b"abc", "hex") == "abc"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?gb2312?B?0MLTw7un?=", "新用户"),
        ("=?big5?Q?=B5=4C=AAk=B5n=A4J?=", "無法登入"),
        ("=?utf-8?b?5LqM5a2X?= =?utf-8?b?5qiZ6aGM?=", "二字標題"),
        ("=?utf-8?b?5Lq?= =?utf-8?b?jA==?=", None),  # a character cut in two by a program
        ("plain  and\r\n folded", "plain and folded"),
        ("=?x-unknown?Q?abc?=", "abc"),
        ("=?utf-8?B?not base64!?=", None),
    ],
)
def test_headers_are_one_line_of_text_whatever_they_are(raw, text):
    found = header_text(raw)
    assert "\n" not in found
    assert text is None or found == text


def test_undeclared_bytes_in_a_header_are_guessed():
    assert body("x", "ascii", subject="无法登录服务器，请处理".encode("gbk")).subject == "无法登录服务器，请处理"
    assert body("x", "ascii", subject="無法登入".encode()).subject == "無法登入"


@pytest.mark.parametrize(("content", "why"), [(b"", "empty"), (b"  \n", "empty"), (b"Hello,\nthis is no mail", "no-mail"),
                                              (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1x", "outlook-file")])  # fmt: skip
def test_what_is_no_mail_is_refused_with_the_reason(content, why):
    with pytest.raises(Unreadable) as caught:
        read(content)
    assert caught.value.why == why


def test_another_address_given_as_the_name_is_not_the_sender():
    mail = read(b'From: "boss@bank.example" <thief@evil.example>\r\n\r\nx')
    assert mail.from_address == "thief@evil.example"


def test_html_is_made_harmless_and_put_into_words():
    html = (
        '<p onclick="x()">Hello<br>there</p><script>alert(1)</script><img src="http://spy.example/1.gif">'
        '<a href="javascript:x()">a</a><a href="https://ok.example">b</a><style>p{}</style><iframe src="x"></iframe>'
        '<form action="http://x"><input name="p"></form><p style="position:fixed">c</p>'
    )
    clean = harmless(html)
    for evil in ("onclick", "script", "img", "javascript", "style", "iframe", "form", "input", "spy"):
        assert evil not in clean
    assert 'href="https://ok.example"' in clean
    assert words_of("<p>Hello<br>there</p><blockquote>old<br>words</blockquote>") == "Hello\nthere\n\n> old\n> words"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello\n\nOn Mon, Oct 13, 2025 at 9:00 AM Li <li@x.example> wrote:\n> old", "Hello"),
        ("Hello\n\nOn Mon, Oct 13, 2025 at 9:00 AM Li\n<li@x.example> wrote:\n\nold without marks", "Hello"),
        ("On 13/10/2025 Li wrote:\n> old\nHello below", "Hello below"),
        ("收到，谢谢。\n\n在 2025年10月13日，李敏 <li@x.example> 写道：\n> 旧内容", "收到，谢谢。"),
        ("收到，謝謝。\n\n-----原始郵件-----\n寄件者: 李敏\n主旨: 舊", "收到，謝謝。"),
        ("好的\n\n发件人: 李敏\n发送时间: 2025年10月13日\n收件人: 王\n主题: 旧\n\n旧内容", "好的"),
        ("Hi\n\n________________________________\nFrom: Li\nSent: Monday\nTo: Wang\n\nold", "Hi"),
        ("> only quoted", "> only quoted"),
        ("From: is a word I like to use.\nNothing else.", "From: is a word I like to use.\nNothing else."),
        ("On Monday it failed.\nThen it worked.", "On Monday it failed.\nThen it worked."),
    ],
)
def test_a_reply_is_told_apart_from_what_it_quotes(text, said):
    assert split(text)[0] == said


@pytest.mark.parametrize(
    "text", ["On " + "a " * 90_000, "On a\n" * 40_000, "From: \n" * 30_000, "> " * 90_000, "\n" * 190_000]
)
def test_a_text_made_to_take_minutes_takes_none(text):
    before = time.process_time()
    split(text)
    words_of("<div>" * 20_000 + text)
    assert time.process_time() - before < 3


def test_parts_within_parts_without_end_are_read_or_refused_quickly():
    deep = b"From: a@b.example\r\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(1500)
    )
    before = time.process_time()
    with suppress(Unreadable):
        read(deep + b"\r\nx")
    assert time.process_time() - before < 5


@pytest.mark.parametrize(("text", "language"), [("系統無法登入", "zh-hant"), ("系统无法登录", "zh-hans"), ("It fails", "en"),
                                                ("12:30", ""), ("VPN 連線逾時，請處理", "zh-hant")])  # fmt: skip
def test_the_language_is_told_by_the_characters(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ("Auto-Submitted: auto-replied", "auto-reply"),
        ("Auto-Submitted: no", "ordinary"),
        ("X-Autoreply: yes", "auto-reply"),
        ("Precedence: auto_reply", "auto-reply"),
        ("Subject: 自动回复: 您好", "auto-reply"),
        ("Subject: Automatic reply: x", "auto-reply"),
        ("Subject: Auto insurance question", "ordinary"),
        ("List-Id: <l.example>", "list"),
        ("Precedence: bulk", "list"),
        ("X-Loop: us@here.example", "loop"),
        ("X-OpsCharter-Mail: OUT-1", "own"),
        ("Content-Type: multipart/report; report-type=disposition-notification; boundary=x", "receipt"),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=x", "bounce"),
        ("Return-Path: <>", "auto-reply"),
        ("X-Other: 1", "ordinary"),
    ],
)
def test_machines_are_known_by_their_marks(headers, kind):
    mail = read(f"From: a@b.example\r\n{headers}\r\n\r\nx".encode())
    assert nature_of(mail, {"us@here.example"}, known_sender=True).kind == kind


def test_a_mail_that_has_gone_round_forty_servers_is_a_loop_and_one_from_us_is_ours():
    many = b"Received: by x\r\n" * 41
    assert nature_of(read(many + b"From: a@b.example\r\n\r\nx"), set(), known_sender=True).kind == "loop"
    assert nature_of(read(b"From: Us@Here.example\r\n\r\nx"), {"us@here.example"}, known_sender=True).kind == "own"


def test_a_customer_may_write_about_a_bounce():
    text = b"From: a@b.example\r\nSubject: mail trouble\r\n\r\nWe get: <x@y.example>: host mail said: 550 unknown user"
    assert nature_of(read(text), set(), known_sender=True).kind == "ordinary"
