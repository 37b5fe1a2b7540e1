"""What the demo company aims at, asks, decides and hears, in its own words."""

from __future__ import annotations

DUTIES = [
    ("運維工程師", "2.2.4", "每日上班後檢查所負責系統的告警與備份結果", "daily"),
    ("運維工程師", "3.3.2", "關單前補齊原因與修復", "always"),
    ("部門經理", "2.2.2", "每月檢查部門計劃與人員負荷", "monthly"),
    ("項目經理", "2.2.3", "每週與客戶聯絡人核對未結事項", "weekly"),
    ("技術支持", "2.2.5", "客戶反饋當日轉到責任部門", "daily"),
    ("總經理", "2.2.1", "每月主持管理評審", "monthly"),
    ("質量監督", "1.3.4", "每週核對逾期的改進項", "weekly"),
]
"""Post, clause, what it owes, how often."""

DEPARTMENT_GOALS = [
    ("SYS", "service", "系統部事件及時解決率", "service.timely-resolution", 90, 40),
    ("NET", "service", "網絡部事件及時解決率", "service.timely-resolution", 90, 30),
    ("DBA", "service", "數據庫部派單一小時內", "service.assigned-within-hour", 95, 30),
    ("SUP", "feedback", "技術支持部反饋按時答覆", "customers.feedback-answered", 90, 60),
    ("DESK", "feedback", "服務台降低投訴", "customers.complaints", 8, 40),
]
"""Department, the company's goal it serves, title, figure, target, weight."""

POST_GOALS = [
    ("SYS", "運維工程師", "本崗事件及時解決", "service.timely-resolution", 92),
    ("SYS", "部門經理", "返工率受控", "service.reopen-rate", 5),
]
"""Department, post, title, figure, target."""

TASKS = ["複查上季逾期工單並整理成因", "更新作業指導書與檢查清單", "完成一次部門內演練並記錄"]

DECISIONS = [
    (
        240, "建設第二監控中心", "現有監控中心單點，停電時告警中斷四十分鐘。",
        ["維持現狀，加裝發電機", "在北京機房建第二監控中心", "租用第三方監控服務"], 860_000, "吳俊傑",
        "在北京機房建第二監控中心", "預算不超過提案；六個月內投用。",
        [("完成機房勘查與設計", "吳俊傑", 30),
         ("採購監控平台許可", "曹麗華", 60), ("完成雙中心切換演練", "林曉彤", 85)],
    ),
    (
        110, "夜班改為兩班制", "夜班三人連續十二小時，疲勞差錯上升。",
        ["維持三人一班", "改為兩班各六小時", "夜班外包"], None, "林曉彤",
        "改為兩班各六小時", "先試行三個月，以差錯率為準。",
        [("排出新班表並公示", "林曉彤", 14), ("三個月後比較差錯率", "謝慧敏", 100), ("核定夜班補貼", "馮美玲", 21)],
    ),
    (
        9, "引入備份自動校驗", "人工抽檢備份每月只覆蓋一成。",
        ["維持人工抽檢", "採購校驗工具", "自研腳本"], 120_000, "林曉彤", "", "", [],
    ),
]  # fmt: skip
"""Days ago, title, proposal, options, amount, proposer, chosen, conditions, follow-ups (what, who, days)."""

REQUESTS = [
    (80, "SYS", "NET", "開通備份網段到災備機房的策略", "備份窗口被限速，請開通專用通道並限時段。", "close"),
    (45, "SUP", "DBA", "提供月報所需的慢查詢統計", "客戶要求月報附慢查詢前二十條。", "close"),
    (26, "PMO", "SYS", "支援新客戶上線切換", "週末切換需要兩名系統工程師。", "reply"),
    (19, "QA", "FIN", "提供上季服務成本分攤表", "內審需要核對成本分攤依據。", "refuse"),
    (6, "NET", "SEC", "複核邊界策略變更", "策略清理前請安全部複核。", "accept"),
    (2, "DESK", "SUP", "補充郵件系統自助說明", "重複諮詢佔一成，請提供說明稿。", ""),
]
"""Days ago, asking, asked, subject, detail, how far it has come."""

FEEDBACK = [
    (
        300,
        "complaint",
        "phone",
        "SYS",
        "故障通報太晚",
        "支付中斷半小時才接到電話。",
        "已加裝直撥告警，並更換首次通報流程。",
        3,
    ),
    (
        270,
        "suggestion",
        "visit",
        "SUP",
        "希望月報附趨勢圖",
        "月報只有數字，不易看出變化。",
        "下月起附十二個月趨勢。",
        4,
    ),
    (
        235,
        "question",
        "email",
        "NET",
        "VPN 並發數上限",
        "遠程辦公增加，想了解上限。",
        "目前上限三百，擴容方案已附。",
        2,
    ),
    (200, "praise", "survey", "DBA", "遷移很順利", "夜間遷移零中斷。", "感謝肯定，已轉告當班同事。", 2),
    (170, "complaint", "email", "SUP", "同一問題反覆出現", "報表匯出三次失敗。", "已轉問題管理並替換組件。", 12),
    (140, "suggestion", "portal", "SYS", "維護窗口提前三天通知", "臨時通知難以協調。", "已改為提前五個工作日通知。", 5),
    (96, "complaint", "phone", "DESK", "熱線等待過長", "週一上午等了八分鐘。", "已增加週一早班坐席。", 3),
    (70, "question", "email", "SEC", "日誌保存多久", "審計需要半年以上日誌。", "默認保存十二個月，可按合同延長。", 2),
    (48, "suggestion", "visit", "NET", "無線覆蓋補點", "新會議室信號弱。", "已安排勘測並給出補點方案。", 4),
    (33, "praise", "phone", "DESK", "坐席耐心", "夜間接待很專業。", "感謝，已記入當月表揚。", 1),
    (21, "complaint", "portal", "SUP", "關單前未確認", "工單沒問我們就關了。", "已恢復並複盤，關單前必須確認。", 4),
    (14, "question", "email", "DBA", "備份恢復演練結果", "請提供最近一次恢復演練記錄。", "", 0),
    (3, "suggestion", "portal", "SYS", "自助查詢工單進度", "希望在門戶看到處理人與預計時間。", "", 0),
]  # fmt: skip
"""Days ago, kind, channel, department, subject, body, answer, days until the answer."""
