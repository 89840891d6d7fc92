"""Settings of incidents and of who is on call."""

from pathlib import Path

from pydantic import BaseModel, Field


class IncidentSettings(BaseModel):
    """Where operators keep their files, and how long collecting may take."""

    incidents_folder: Path = Field(
        Path("incident-reports"), description="Folder of incidents; in a checkout incident-reports."
    )
    oncall_folder: Path = Field(
        Path("monitoring"), description="Folder of contacts.toml and oncall.toml; in a checkout monitoring."
    )
    incident_seconds: float = Field(
        45.0, gt=0, le=600, description="How long an incident waits for all that it collects."
    )
