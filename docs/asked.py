"""Invented questions over the shipped corpus, put to a running server and dated back over a month.

They are there for the picture of the owner's page; the answers, their times and what is near are the product's own.
"""

from __future__ import annotations

import json
import random
import sqlite3
import time
import urllib.request
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

ANSWERED = (
    "When did the University of Helsinki join Una Europa?",
    "How many strategic partners does the University of Helsinki have?",
    "Which Chinese university is a strategic partner?",
    "What is the University of the Arctic?",
    "How many universities are there in UNICA?",
    "Who backs Euraxess?",
    "What are the seven development projects of Haaga-Helia, Laurea and Metropolia?",
    "In which year was the IAU founded?",
    "What is the aim of Una Europa?",
    "Is YrittäjyysSavotta one of the development projects?",
)
OPEN = (
    (
        "When is the library open on Sundays?",
        "What are the library's opening hours?",
        "Is the library open at weekends?",
    ),
    ("How do I apply for a parking permit?", "Where can staff park?", "Is there parking on campus?"),
    ("How do I apply for an exchange place?", "When is the deadline for exchange applications?"),
    ("What does the Professional Summer School cost?", "Is there a fee for the summer school?"),
    ("How many students study at Laurea?", "What is the number of students at Laurea?"),
    ("Who is the president of LERU?",),
    ("Can I work from abroad for a month?",),
)
REASONS = ("it is about another project", "", "the list is cut short")
_DAYS = 29


def ask_them(address: str, data: Path, seed: int = 7) -> None:
    """Ask everything, say what one thinks of some answers, and spread the log over the days before."""
    chance = random.Random(seed)
    questions = [question for question in ANSWERED for _ in range(chance.randint(4, 9))]
    for place, wordings in enumerate(OPEN):
        questions += [chance.choice(wordings) for _ in range(7 - place)] + list(wordings)
    chance.shuffle(questions)
    for number, question in enumerate(questions):
        answer = _post(f"{address}/api/ask", {"question": question})
        if number % 5 == 0:
            thumb = "up" if answer["outcome"] == "answered" and number % 20 else "down"
            reason = chance.choice(REASONS) if thumb == "down" else ""
            _post(f"{address}/api/feedback", {"answer_id": answer["id"], "thumb": thumb, "reason": reason})
    time.sleep(1)  # the log is written behind the answers
    today = datetime.now(UTC).replace(minute=12, second=0, microsecond=0)
    with closing(sqlite3.connect(data / "questions.db")) as log, log:
        ids = [row[0] for row in log.execute("select id from entries order by id")]
        for place, identity in enumerate(ids):
            days = _DAYS * (1 - place / len(ids)) + chance.uniform(-2, 2)
            moment = today - timedelta(days=max(0.0, min(days, _DAYS)), hours=chance.randint(0, 8))
            log.execute("update entries set moment = ? where id = ?", (moment.isoformat(timespec="seconds"), identity))


def _post(address: str, body: dict[str, str]) -> dict[str, str]:
    request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        told = answer.read()
    return dict(json.loads(told)) if told else {}
