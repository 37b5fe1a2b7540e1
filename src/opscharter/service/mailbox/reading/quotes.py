"""What somebody wrote in a reply, apart from what they quote.

Line by line and in time proportional to the text: the patterns of the libraries for this take minutes over a text
made for it, and any stranger can send one.
"""

from __future__ import annotations

import re

LONGEST = 200_000
INTRO_LINES = 4
"""Over so many lines programs break “On …, somebody wrote:”."""
_ENDS = re.compile(
    r"(wrote|schrieb|a écrit|escribió|ha scritto|escreveu|schreef|skrev|napsal\(?a?\)?|написал\(?а?\)?|写道|寫道|"
    r"のメール|さんは書きました|님이 작성)\s*(<[^<>]{1,200}>)?\s*[:：]\s*$|<[^<>\s]{1,200}@[^<>\s]{1,200}>\s*[:：]\s*$",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    r"^\s*((On|Am|Le|El|Il|Em|Op|Den|Dne|Во?|在|于|於|On behalf)\b|在|于|於|\d{1,4}[./年-]|\w{3,9}, ?\d{1,2} )",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"^\s*\d{1,2}[./]\d{1,2}[./]\d{4},? .{0,40}(пользователь|<[^<>\s]+@[^<>\s]+>|\"[^\"\s]+@[^\"\s]+\")"
)
_HEADER = re.compile(
    r"^[\s>*]*\*?(From|Sent|To|Cc|Subject|Date|Von|Gesendet|An|Betreff|De|Envoyé|À|Objet|Para|Asunto|Da|Inviato|Oggetto|"
    r"От|Кому|Тема|Дата|Отправлено|发件人|寄件者|寄件人|发送时间|寄件日期|傳送時間|收件人|收件者|主题|主旨|主題|抄送|副本|日期|"
    r"差出人|送信日時|宛先|件名)\*?\s*[:：]",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"^\s*(-{2,}\s*(Original Message|Forwarded message|Ursprüngliche Nachricht|Message d'origine|Mensaje original|"
    r"Исходное сообщение|Пересылаемое сообщение|原始邮件|原始郵件|"
    r"原邮件|原始信件|转发邮件|轉寄郵件|転送メッセージ|元のメッセージ)\s*-{2,}|"
    r"-{3,}\s*(回复|答复|回覆).{0,40}-{3,})\s*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*[_-]{10,}\s*$")


def split(text: str) -> tuple[str, str]:
    """Return (what was written, what was quoted); a text that only quotes is all written."""
    lines = text[:LONGEST].split("\n")
    quoted = [line.lstrip().startswith(">") for line in lines]
    rest = _whole_rest(lines, quoted)
    for number in range(rest, len(lines)):
        quoted[number] = True
    _mark_intros(lines, quoted)
    said = "\n".join(line for line, away in zip(lines, quoted) if not away).strip()
    told = "\n".join(line for line, away in zip(lines, quoted) if away).strip()
    beyond = text[LONGEST:]
    if not said:
        return text.strip(), ""
    return said, (told + beyond).strip()


def _whole_rest(lines: list[str], quoted: list[bool]) -> int:
    """Return the line from which on everything is quoted: a separator, a block of headers, an introduction."""
    for number, line in enumerate(lines):
        if quoted[number]:
            continue
        if _SEPARATOR.match(line):
            return number
        if _HEADER.match(line) and _block_of_headers(lines, number):
            before = next((n for n in range(number - 1, max(-1, number - 4), -1) if lines[n].strip()), number)
            return before if before != number and _RULE.match(lines[before]) else number
        if (end := _intro_from(lines, number)) is not None and not _prefixed_after(quoted, lines, end):
            return number
    return len(lines)


def _block_of_headers(lines: list[str], number: int) -> bool:
    following = [line for line in lines[number + 1 : number + 7] if line.strip()]
    return sum(bool(_HEADER.match(line)) for line in following[:4]) >= 1 and len(lines[number]) < 400


def _intro_from(lines: list[str], number: int) -> int | None:
    """Return the last line of an introduction that begins on a line; None when none does."""
    line = lines[number][:400]
    if _DATED.match(line):
        ends = line.rstrip().endswith(":")
        return (
            number
            if ends or number + 1 >= len(lines)
            else number + 1
            if lines[number + 1].rstrip().endswith(":")
            else number
        )
    if not _BEGINS.match(line):
        return None
    for last in range(number, min(len(lines), number + INTRO_LINES)):
        if not lines[last].strip():
            return None
        if _ENDS.search(lines[last][-300:]):
            return last
    return None


def _prefixed_after(quoted: list[bool], lines: list[str], end: int) -> bool:
    """Say whether what follows an introduction is marked line by line, so that an answer may stand below it."""
    following = next((n for n in range(end + 1, len(lines)) if lines[n].strip()), None)
    return following is not None and quoted[following]


def _mark_intros(lines: list[str], quoted: list[bool]) -> None:
    for number in range(len(lines)):
        if (
            not quoted[number]
            and (end := _intro_from(lines, number)) is not None
            and _prefixed_after(quoted, lines, end)
        ):
            for each in range(number, end + 1):
                quoted[each] = True
