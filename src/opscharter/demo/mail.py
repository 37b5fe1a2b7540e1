"""The demo company's mailbox: three weeks of mail of every kind, taken in by the real way at its own times."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from zlib import crc32

from opscharter.customers.models import Contact
from opscharter.demo import names
from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.service.mailbox.intake import keep, process
from opscharter.service.mailbox.models import Mailbox, MailMessage, OutgoingMail
from opscharter.service.mailbox.opening import ticket_of
from opscharter.service.mailbox.tokens import token_for
from opscharter.service.mailbox.words import Opens

ADDRESS = "service@huarui.example"
MATTERS = [
    ("開通新員工帳號", "下週一有兩位新同事到職，請協助開通郵箱與 VPN 帳號，名單見附件。"),
    ("報表匯出很慢", "今天上午起，月結報表匯出要十幾分鐘，平時一分鐘內完成。"),
    ("申請開放測試環境端口", "請開放測試環境 8443 端口給 10.20.3.0/24，用於聯調。"),
    ("会议室投影无法连接", "三楼会议室的投影从昨天下午开始无法连接无线网络，麻烦派人看一下。"),
    ("VPN keeps disconnecting", "Since this morning the VPN drops every ten minutes for our Shanghai team."),
    ("備份記錄查詢", "審計需要上個月的備份成功記錄，請協助提供。"),
]
WORDS = ["已收到，正在安排工程師處理。", "已處理完畢，請確認是否恢復正常。"]
STRANGERS = [
    ("陳志強 <zq.chen@newpartner.example>", "請問貴司的維保報價", "我司有五十台伺服器需要維保，請提供報價。"),
    ("Lena Hoff <lena@customer.example>", "Access for our new office", "We open a second office and need accounts."),
    ("no-name@promo.example", "發票代開，優惠百分之三十", "長期代開各類發票，量大從優，加微信詳談。"),
]  # fmt: skip


def live_mail(world: World, begin: dt.datetime, actor: Actor) -> None:
    """Set the mailbox up (nothing is fetched) and let three weeks of mail come in."""
    keeper = next(person for person in world.company.team("DESK") if person.user_id)
    with moment.at(begin):
        mailbox = Mailbox(
            name="服務台", address=ADDRESS, team=world.company.departments["DESK"], keeper=keeper, opens=Opens.REQUEST,
            host="imap.huarui.example", username="service", secret_name="OPSCHARTER_MAIL_SERVICE",
        ).save_as(actor)  # fmt: skip
    writers = [people[0] for people in list(world.company.contacts.values())[:6]]
    at = world.office.add(world.until - dt.timedelta(days=21), dt.timedelta(minutes=40))
    for number, (writer, (subject, text)) in enumerate(zip(writers, MATTERS)):
        _conversation(world, mailbox, writer, subject, text, at, number)
        at = world.office.add(at, dt.timedelta(hours=17))
    _machines(world, mailbox, at)
    _strangers(world, mailbox)


def _conversation(
    world: World, mailbox: Mailbox, writer: Contact, subject: str, text: str, at: dt.datetime, number: int
) -> None:
    """A request by mail, words to and fro, its solution, and what machines and doubled deliveries add."""
    first = _take(mailbox, _mail(_from(writer), subject, text, at, attach=number % 3 == 0), at)
    _deliver(at)
    request = ticket_of(first)
    engineer = _assigned(world, request, at)
    said = at + dt.timedelta(minutes=50)
    with moment.at(said):
        request.refresh_from_db()
        request.comment_as(engineer, WORDS[0], visibility="customer")
    _deliver(said)
    back = _mail(_from(writer), f"自動回覆：{subject}", "本人外出，週五返回。", said, auto_submitted="auto-replied",
                 in_reply_to=f"<{_last(request).message_id}>")  # fmt: skip
    _take(mailbox, back, said + dt.timedelta(minutes=1))
    answer = _mail(
        _from(writer), f"Re: {subject} {token_for(request)}", f"謝謝，另外請一併確認權限。\n\n> {WORDS[0]}", said
    )
    for minutes in (30, 31) if number % 2 else (30,):
        _take(mailbox, _again(answer, minutes), said + dt.timedelta(minutes=minutes))
    if number == len(MATTERS) - 1:
        return
    done = said + dt.timedelta(hours=2)
    with moment.at(done):
        request.refresh_from_db()
        request.comment_as(engineer, WORDS[1], visibility="customer")
        request.move("resolve", engineer, cause="客戶申請", fix=f"已完成：{subject}。")
    _deliver(done)
    with moment.at(done + dt.timedelta(hours=1)):
        request.refresh_from_db()
        request.move("confirm", world.hotline())
    if number == 1:
        late = done + dt.timedelta(days=2)
        again = _take(mailbox, _mail(_from(writer), f"Re: {token_for(request)}", "今天又變慢了。", late), late)
        _deliver(late)
        _assigned(world, ticket_of(again), late)


def _assigned(world: World, request: Any, at: dt.datetime) -> Actor:
    """Let the hotline assign it and the engineer assess it; returns the engineer's actor."""
    people = [person for person in world.company.employees if person.department_id == request.team_id]
    person = world.dice.choice([each for each in people if each.user_id] or people)
    with moment.at(at + dt.timedelta(minutes=9)):
        request.refresh_from_db()
        request.move("assign", world.hotline(), team=request.team, assignee=person)
    engineer = world.actor(person)
    with moment.at(at + dt.timedelta(minutes=25)):
        request.refresh_from_db()
        request.move("assess", engineer, category="服務請求", severity=names.SEVERITIES[1], scope_note=names.SCOPES[0],
                     impact=3, urgency=2)  # fmt: skip
    return engineer


def _machines(world: World, mailbox: Mailbox, at: dt.datetime) -> None:
    """A mail that comes back, a newsletter, our own mail in a circle, an Outlook file handed over by hand."""
    last = OutgoingMail.objects.order_by("-pk").first()
    assert last is not None
    returned = _mail("MAILER-DAEMON@customer.example", "Undelivered Mail Returned to Sender",
                     f"<{last.to_address}>: mailbox is full", at, references=f"<{last.message_id}>",
                     return_path="<>")  # fmt: skip
    news = _mail("news@vendor.example", "本月安全公告", "本月共發布十二項更新。", at, list_id="<news.vendor.example>")
    own = _mail(ADDRESS, "Re: 轉寄測試", "轉寄測試", at)
    for minutes, content in ((5, returned), (9, news), (14, own), (30, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Outlook")):
        _take(mailbox, content, at + dt.timedelta(minutes=minutes))


def _strangers(world: World, mailbox: Mailbox) -> None:
    """Mail of people nobody knows: decided on some days ago, and waiting since this morning."""
    for number, (sender, subject, text) in enumerate(STRANGERS):
        at = world.until - dt.timedelta(days=4 - number, hours=2)
        message = _take(mailbox, _mail(sender, subject, text, at), at)
        with moment.at(at + dt.timedelta(minutes=45)):
            message.refresh_from_db()
            if number == 1:
                message.move("accept", world.hotline(), customer=world.company.customers[0], make_contact=True)
                request = ticket_of(message)
            else:
                message.move("discard", world.hotline(), reason="推銷郵件。" if number == 2 else "已轉商務部門答覆。")
        if number == 1:
            _deliver(at + dt.timedelta(minutes=45))
            _assigned(world, request, at + dt.timedelta(minutes=46))
    for number, (sender, subject, text) in enumerate(STRANGERS[:2]):
        at = world.until - dt.timedelta(minutes=70 - 25 * number)
        other = (
            sender.replace("zq.chen", "wy.lin").replace("陳志強", "林文英").replace("lena@customer", "j.park@customer")
        )
        _take(mailbox, _mail(other, f"{subject}（補充）", text, at), at)


def _from(writer: Contact) -> str:
    return f"{writer.name} <{writer.email}>"


def _mail(sender: str, subject: str, text: str, at: dt.datetime, *, attach: bool = False, **headers: str) -> bytes:
    """Return a mail as a program writes it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Date"] = sender, ADDRESS, subject, format_datetime(at)
    mail["Message-ID"] = f"<{at:%Y%m%d%H%M%S}.{crc32((sender + subject).encode())}@mail.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-").title()] = value
    mail.set_content(text)
    if attach:
        mail.add_attachment(
            "姓名,部門\n王小明,財務\n李文,採購\n".encode(), maintype="text", subtype="csv", filename="名單.csv"
        )
    return mail.as_bytes()


def _again(content: bytes, minutes: int) -> bytes:
    """Return another delivery of the same mail: by another server."""
    return f"Received: by mx{minutes}.huarui.example\n".encode() + content


def _take(mailbox: Mailbox, content: bytes, at: dt.datetime) -> MailMessage:
    with moment.at(at):
        message = keep(content, mailbox=mailbox)
    with moment.at(at + dt.timedelta(seconds=2)):
        return process(message.pk)


def _deliver(at: dt.datetime) -> None:
    """Let written mail leave: the demo has no mail server."""
    with moment.at(at + dt.timedelta(seconds=20)):
        for mail in OutgoingMail.objects.filter(state=OutgoingMail.State.WAITING):
            mail.move("mark-sent", system_actor("mail"))


def _last(request: Any) -> OutgoingMail:
    found = (
        OutgoingMail.objects.filter(ticket_type=request._meta.label_lower, ticket_id=request.pk).order_by("-pk").first()
    )
    assert found is not None
    return found
