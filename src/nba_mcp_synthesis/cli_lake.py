"""The commands about the lake: publishing to it, and looking into it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nba_mcp_synthesis.cli_data import AsJson, written

if TYPE_CHECKING:
    from nba_mcp_synthesis.lake.catalogue import Registered
    from nba_mcp_synthesis.lake.publishing import Published
    from nba_mcp_synthesis.lake_view import LakeView


lake = typer.Typer(help="Look into the published tables.", no_args_is_help=True)


def data_publish(
    to: Annotated[
        str | None, typer.Option(help="A folder or s3://BUCKET/PREFIX instead of NBA_MCP_LAKE_URL.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Publish all tables as Parquet; readers have one state or the other; only changes are written."""
    from dataclasses import asdict

    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.settings import load_settings

    settings = load_settings()
    with written(settings, settings.warehouse_path) as path:
        found = _published(path, to or settings.lake_place(), settings.lake_kms_key)
    catalogue = _registered(found.place, settings.glue_database, settings.lake_kms_key)
    behind, note = _behind(found.place)
    told = {**asdict(found), "catalogue": asdict(catalogue) if catalogue else None, "behind": behind}
    words = f"{_in_words(found)}{_catalogue_in_words(catalogue)}{note}"
    terminal.show(told, words, as_json=as_json)


def _registered(place: str, database: str | None, kms_key: str | None) -> "Registered | None":
    """Brings the Glue catalogue level with the lake, where both are used."""
    from nba_mcp_synthesis.lake.catalogue import Catalogue
    from nba_mcp_synthesis.lake.opening import open_store
    from nba_mcp_synthesis.lake.store import S3

    if not database or not place.startswith(S3):
        return None
    return Catalogue(database).register(open_store(place, kms_key))


def _behind(place: str) -> tuple[list[str] | None, str]:
    """What `_catalogues_behind` finds, None where that fails: what was published is published; and words."""
    from nba_mcp_synthesis.errors import NbaMcpError

    try:
        found = _catalogues_behind(place)
    except NbaMcpError as error:
        return None, f" Which catalogues are behind cannot be told: {error}"
    return found, _behind_in_words(found)


def _catalogues_behind(place: str) -> list[str]:
    """Catalogues over the lake that do not have its newest state, as far as the lake knows."""
    from nba_mcp_synthesis.lake.manifest import current
    from nba_mcp_synthesis.lake.noted import noted
    from nba_mcp_synthesis.lake.opening import open_store

    store = open_store(place)
    newest = current(store).key
    return [name for name, manifests in noted(store).items() if manifests != {newest}]


def _behind_in_words(names: list[str]) -> str:
    if not names:
        return ""
    listed = ", ".join(names)
    return f" Glue still has an older state in {listed}: publish again with NBA_MCP_GLUE_DATABASE set to it."


def _catalogue_in_words(found: "Registered | None") -> str:
    if found is None:
        return ""
    return (
        f" Glue's database {found.database} has {found.tables} tables and {found.partitions} partitions; "
        f"{found.written} entries were written, {found.removed} removed."
    )


def _published(path: Path, place: str, kms_key: str | None) -> "Published":
    from contextlib import closing

    from nba_mcp_synthesis import terminal
    from nba_mcp_synthesis.lake.opening import open_store
    from nba_mcp_synthesis.lake.publishing import publish
    from nba_mcp_synthesis.warehouse import lake_parts

    with closing(lake_parts.open_file(path)) as connection:
        about, parts = lake_parts.about(connection), lake_parts.parts_of(connection)
        with terminal.progress("Publishing", lake_parts.count_parts(connection)) as advance_to:
            done = iter(range(1, lake_parts.count_parts(connection) + 1))
            return publish(open_store(place, kms_key), about, parts, lambda _: advance_to(next(done)))


def _in_words(found: "Published") -> str:
    if not found.changed and not found.written_files:
        return f"{found.place} holds this state already ({found.snapshot}): nothing was written."
    return (
        f"{found.place} holds {found.snapshot}: {sum(found.rows.values()):,} rows in {found.files} files, of "
        f"which {found.written_files} were written ({found.written_bytes / 1e6:.1f} MB)."
    )


@lake.command("browse")
def lake_browse(
    path: Annotated[str, typer.Argument(help="Such as tables/games; the list of tables when left out.")] = "",
    after: Annotated[str, typer.Option(help="Go on behind this path.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=500, help="Entries a page.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List what is published: tables, seasons, season types, files."""
    from nba_mcp_synthesis import terminal

    found = _view().browse(path, after, limit)
    rows = [(e["path"], e["files"], f"{e['rows']:,}", f"{e['bytes'] / 1e6:.2f} MB") for e in found["entries"]]
    shown = terminal.rows(["path", "files", "rows", "size"], rows)
    terminal.show(found, shown, as_json=as_json)


@lake.command("read")
def lake_read(
    table: Annotated[str, typer.Argument(help="A published table.")],
    columns: Annotated[str, typer.Option(help="With commas between; all when left out.")] = "",
    where: Annotated[list[str] | None, typer.Option(help="Such as pts>=40; may be repeated.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Rows a page.")] = 100,
    cursor: Annotated[str | None, typer.Option(help="next_cursor of the page before.")] = None,
    as_json: AsJson = False,
) -> None:
    """Read rows of a published table in place; only what is needed is fetched."""
    from nba_mcp_synthesis import terminal

    names = [name.strip() for name in columns.split(",") if name.strip()]
    found = _view().read(table, names, where or (), limit, cursor)
    shown = terminal.rows(found["columns"], [tuple(row) for row in found["rows"]])
    terminal.show(found, shown, as_json=as_json)
    for note in [] if as_json else found["notes"]:
        typer.echo(note)
    if found["next_cursor"] and not as_json:
        typer.echo(f"More: --cursor {found['next_cursor']}")


def _view() -> "LakeView":
    from nba_mcp_synthesis.app import App
    from nba_mcp_synthesis.settings import load_settings

    return App(load_settings()).lake()
