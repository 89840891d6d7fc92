"""What was written down of incidents, and what has yet to be."""

from nba_mcp_synthesis.operations.checklists.findings import Finding, judged
from nba_mcp_synthesis.operations.checklists.ground import Ground
from nba_mcp_synthesis.operations.incidents.store import Incidents
from nba_mcp_synthesis.operations.reports import words


def incidents(ground: Ground) -> Finding:
    """Open incidents; and those older than 48 hours without a post-mortem, which a person has to write."""
    kept = Incidents(ground.settings.incidents_folder)
    found, broken = kept.all()
    still_open = [one for one in found if one.resolved_at is None]
    told = f"{words.plural(len(still_open), 'incident')} open, of {len(found)} that are written down."
    if broken:
        names = ", ".join(one.id for one in broken)
        return judged(told, f"Records that cannot be read: {names}. Mend or remove them.", failed=True)
    late = ", ".join(one.id for one in kept.overdue(ground.now))
    person = f"Post-mortems that are overdue: {late}. nba-mcp ops incident postmortem ID" if late else ""
    return judged(told, person)
