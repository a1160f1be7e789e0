"""How a campaign lives: its states, and the moves between them."""

from collections.abc import Mapping
from enum import StrEnum

from chalicelib.foundation.errors import ConflictError


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RECURRING = "recurring"
    PLANNING = "planning"
    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Move(StrEnum):
    """What can be done to a campaign."""

    EDIT = "edit"
    DELETE = "delete"
    SCHEDULE = "schedule"
    START = "start"
    REPEAT = "repeat"
    OCCUR = "occur"
    PLANNED = "planned"
    PAUSE = "pause"
    RESUME_WAITING = "resume waiting"
    RESUME_PLANNING = "resume planning"
    RESUME_SENDING = "resume sending"
    RESUME_REPEATING = "resume repeating"
    FINISH = "finish"
    REOPEN = "reopen"
    CANCEL = "cancel"


_S = CampaignState
TRANSITIONS: Mapping[tuple[CampaignState, Move], CampaignState] = {
    (_S.DRAFT, Move.EDIT): _S.DRAFT,
    (_S.DRAFT, Move.DELETE): _S.DRAFT,
    (_S.DRAFT, Move.SCHEDULE): _S.SCHEDULED,
    (_S.DRAFT, Move.START): _S.PLANNING,
    (_S.DRAFT, Move.REPEAT): _S.RECURRING,
    (_S.RECURRING, Move.OCCUR): _S.RECURRING,
    (_S.RECURRING, Move.FINISH): _S.FINISHED,
    (_S.RECURRING, Move.PAUSE): _S.PAUSED,
    (_S.RECURRING, Move.CANCEL): _S.CANCELLED,
    (_S.SCHEDULED, Move.SCHEDULE): _S.SCHEDULED,
    (_S.SCHEDULED, Move.START): _S.PLANNING,
    (_S.SCHEDULED, Move.PAUSE): _S.PAUSED,
    (_S.SCHEDULED, Move.CANCEL): _S.CANCELLED,
    (_S.PLANNING, Move.PLANNED): _S.SENDING,
    (_S.PLANNING, Move.PAUSE): _S.PAUSED,
    (_S.PLANNING, Move.CANCEL): _S.CANCELLED,
    (_S.SENDING, Move.PAUSE): _S.PAUSED,
    (_S.SENDING, Move.FINISH): _S.FINISHED,
    (_S.SENDING, Move.CANCEL): _S.CANCELLED,
    (_S.PAUSED, Move.SCHEDULE): _S.SCHEDULED,
    (_S.PAUSED, Move.RESUME_WAITING): _S.SCHEDULED,
    (_S.PAUSED, Move.RESUME_PLANNING): _S.PLANNING,
    (_S.PAUSED, Move.RESUME_SENDING): _S.SENDING,
    (_S.PAUSED, Move.RESUME_REPEATING): _S.RECURRING,
    (_S.PAUSED, Move.CANCEL): _S.CANCELLED,
    (_S.FINISHED, Move.REOPEN): _S.SENDING,
}


class IllegalMoveError(ConflictError):
    """A campaign in this state cannot do this."""


def after(state: CampaignState, move: Move, *, current: object = None) -> CampaignState:
    """The state after a move; `IllegalMoveError` (with the campaign, where given) when the table has none."""
    found = TRANSITIONS.get((state, move))
    if found is None:
        verb = move.value.split()[0]
        raise IllegalMoveError(f"A campaign that is {state.value} cannot {verb}.", current=current)
    return found
