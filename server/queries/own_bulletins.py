"""What one person did for bulletins and boards, for the copy of all that is held about them."""

import sqlalchemy as sa

from server.models.boards import BoardRule, BoardTarget
from server.models.bulletins import Bulletin
from server.queries.rows import Pages, mine_of
from server.rules.access import Actor

_WHO = ("drafted_by", "edited_by", "approved_by", "published_by")


def mine(actor: Actor) -> Pages:
    """The bulletins they dealt with, without the numbers, which are of units; the rules and targets they made."""
    columns = [getattr(Bulletin, name) for name in _WHO]
    theirs = sa.or_(*(column == actor.person_id for column in columns))
    for page in mine_of(Bulletin, Bulletin.id, theirs, leave={"data"}):
        yield [{"table": "bulletins", **_as_mine(row, actor.person_id)} for row in page]
    for table in (BoardRule, BoardTarget):
        for page in mine_of(table, table.id, table.made_by == actor.person_id, leave={"made_by"}):
            yield [{"table": table.__tablename__, **row} for row in page]


def _as_mine(row: dict[str, object], person_id: int) -> dict[str, object]:
    """A bulletin with what of it they did, and nobody else's number."""
    told = {name: value for name, value in row.items() if name not in _WHO}
    return told | {name: True for name in _WHO if row[name] == person_id}
