"""Gold questions asked of an index as the settings have it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.evaluation.gold import Evaluation, GoldQuestion, evaluate
from ui.commands.report import CountBar
from ui.settings import Settings


def evaluate_settings(settings: Settings, gold: Sequence[GoldQuestion]) -> Evaluation:
    """Every question judged. Raises ``StoreEmptyError`` when the settings' data folder holds no index."""
    from ui.commands.options import open_existing

    workspace = open_existing(settings)
    try:
        with CountBar("asking", len(gold)) as bar:
            return evaluate(gold, workspace.assistant.answer, bar.show)
    finally:
        workspace.close()
