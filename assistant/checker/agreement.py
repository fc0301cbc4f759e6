"""Whether a sentence and its source agree, once their words are laid side by side."""

from __future__ import annotations

from assistant.checker.denial import (
    check_conditions,
    check_denials,
    check_hedges,
    check_marks,
    check_modals,
    check_turns,
)
from assistant.checker.figures_agree import check_cells, check_figures, check_mixing, check_other_figures, check_shares
from assistant.checker.laying import Laid
from assistant.checker.order import (
    check_heads,
    check_objects,
    check_order,
    check_parallel,
    check_skipped,
    check_turning,
)
from assistant.checker.roles import (
    check_antecedents,
    check_crossed,
    check_lines,
    check_name_parts,
    check_replaced,
    check_sides,
    check_subjects,
)
from assistant.checker.scope import (
    check_actors,
    check_directions,
    check_lead,
    check_links,
    check_opaque,
    check_opposites,
    check_quantities,
)

# The quick ones first; each gives a reason, or "".
_RULES = (
    check_cells,
    check_figures,
    check_denials,
    check_modals,
    check_marks,
    check_hedges,
    check_conditions,
    check_turns,
    check_name_parts,
    check_replaced,
    check_other_figures,
    check_lines,
    check_mixing,
    check_shares,
    check_antecedents,
    check_subjects,
    check_sides,
    check_crossed,
    check_quantities,
    check_directions,
    check_actors,
    check_links,
    check_order,
    check_skipped,
    check_heads,
    check_objects,
    check_parallel,
    check_turning,
    check_lead,
    check_opaque,
    check_opposites,
)


def disagreement(laid: Laid) -> str:
    """The first rule by which the claim says something else than its source, or ``""``."""
    return next((reason for rule in _RULES if (reason := rule(laid))), "")
