"""Similar tickets: by text, in Chinese and English, within the reader's scope, quickly."""

from __future__ import annotations

import time

import pytest

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.records.bulk import create_many
from opscharter.kernel.search.similar import similar, telling_words
from opscharter.service.tickets.models import Incident
from opscharter.service.tickets.suggesting import suggestions
from tests.service.conftest import bring_to_work, resolve

pytestmark = pytest.mark.django_db
PLACES = ["三樓", "機房", "倉庫", "前台", "會議室", "食堂", "車間", "門衛室"]
THINGS = ["打印機", "交換機", "門禁", "攝像頭", "投影儀", "電話", "路由器", "掃描槍", "考勤機", "無線網絡"]
TROUBLES = ["無法開機", "間歇斷線", "響應緩慢", "報錯", "指示燈不亮", "需要更換", "密碼失效", "噪音很大"]


def test_what_is_alike_is_found_with_what_solved_it(incident):
    solved = resolve(bring_to_work(incident(title="支付網關大面積超時", description="商戶付款失敗")))
    incident(title="打印機卡紙", description="三樓打印機")
    new = incident(title="網關付款超時", description="很多商戶反映")
    found = suggestions(system_actor(), "網關付款超時", but=new)
    assert [(each.record, each.answer) for each in found] == [(solved, "replaced")]


def test_english_words_are_found_whatever_their_case(incident):
    old = incident(title="VPN tunnel drops every hour")
    incident(title="Printer jam")
    assert [row for row, _score in similar(Incident.objects.all(), "vpn TUNNEL unstable")] == [old]


def test_the_readers_scope_holds(incident, make_actor):
    incident(title="支付網關大面積超時")
    stranger = make_actor(("service.incident", "view", "department"), units={"department": [0]})
    assert suggestions(stranger, "支付網關超時") == []
    assert suggestions(make_actor(), "支付網關超時") == []


def test_a_text_that_says_nothing_suggests_nothing(incident):
    incident()
    assert suggestions(system_actor(), " a ") == []
    assert telling_words("的") == []
    assert similar(Incident.objects.all(), "\"' OR 1=1 --") == []


def test_among_10_000_tickets_the_answer_comes_within_a_second(customer):
    now = moment.now()
    rows = []
    for number in range(10_000):
        place, thing = PLACES[number % 8], THINGS[number % 10]
        title = f"{place}{thing}{TROUBLES[number // 80 % 8]} {number}"
        rows.append(Incident(title=title, description=title, customer=customer, impact=2, urgency=2, opened_at=now))
    rows.append(
        Incident(title="核心數據庫主從延遲", description="延遲", customer=customer, impact=1, urgency=1, opened_at=now)
    )
    create_many(rows, system_actor("import"))
    begun = time.perf_counter()
    common = similar(Incident.objects.visible_to(system_actor()), "會議室投影儀無法開機")
    rare = similar(Incident.objects.visible_to(system_actor()), "數據庫主從同步延遲")
    assert time.perf_counter() - begun < 2, "two questions"
    assert len(common) == 5
    assert rare[0][0].title == "核心數據庫主從延遲"
