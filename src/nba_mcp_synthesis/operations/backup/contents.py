"""What a database holds, so that two can be compared: rows and a digest of every table, and objects by kind.

A digest is the sum over all rows of what PostgreSQL's own 64-bit hashes of a row's columns make together,
each with the column's number as its seed. PostgreSQL places rows of hash partitions by these hashes, so that
they stay the same from one version to the next. Columns are numbered by name: their order may differ.
Backups of format 1 have the hash of each row's text instead, and are compared by that.
"""

from typing import TYPE_CHECKING

from nba_mcp_synthesis.operations.backup.manifest import (
    Contents,
    Digest,
    Properties,
    Setting,
    TableContents,
)

if TYPE_CHECKING:
    from nba_mcp_synthesis.operations.backup.databases import Session

# The text of a value must not depend on who asks.
_AS_EVER = (
    "SET search_path = pg_catalog",
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO, YMD'",
    "SET IntervalStyle = 'postgres'",
    "SET bytea_output = 'hex'",
    "SET extra_float_digits = 1",
    "SET lc_monetary = 'C'",
    "SET statement_timeout = 0",
    "SET jit = off",  # of a query that is run once it costs more than it gives
)
_OWN = """NOT (starts_with(n.nspname, 'pg_') OR n.nspname = 'information_schema') AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = '{catalogue}'::regclass AND d.objid = {oid} AND d.deptype = 'e')"""
_RELATIONS = f"""SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = ANY(%s) AND {_OWN.format(catalogue="pg_class", oid="c.oid")} ORDER BY 1"""
_NAMES = """SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), n.nspname || ' ' || c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'"""
_KINDS = f"""SELECT kind, count(*) FROM (
    SELECT CASE c.relkind WHEN 'v' THEN 'views' WHEN 'S' THEN 'sequences' WHEN 'i' THEN 'indexes'
        WHEN 'I' THEN 'indexes' WHEN 'p' THEN 'partitioned tables' WHEN 'm' THEN 'materialized views'
        WHEN 'f' THEN 'foreign tables' WHEN 'c' THEN 'types' ELSE 'tables' END AS kind
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {_OWN.format(catalogue="pg_class", oid="c.oid")}
    UNION ALL SELECT CASE contype WHEN 'f' THEN 'foreign keys' WHEN 'c' THEN 'checks' ELSE 'keys' END
    FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
    WHERE contype IN ('f', 'c', 'p', 'u', 'x') AND {_OWN.format(catalogue="pg_constraint", oid="c.oid")}
    UNION ALL SELECT 'functions' FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE {_OWN.format(catalogue="pg_proc", oid="p.oid")}
    UNION ALL SELECT 'triggers' FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'large objects' FROM pg_largeobject_metadata
) AS found GROUP BY kind ORDER BY kind"""
_COLUMNS = """SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), quote_ident(a.attname),
    format_type(a.atttypid, NULL)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.oid, a.attname"""
_TABLES: dict[Digest, list[str]] = {"row": ["r", "m"], "columns": ["r"]}
_DIGEST = "SELECT count(*), coalesce(sum({hash}), 0)::text FROM ONLY {table} AS t"
_OF_ROW = "hashtextextended(t::text, 0)"
_CHEAP = {  # without a text made of each value
    "smallint": "hashint2extended({column}, {n})",
    "integer": "hashint4extended({column}, {n})",
    "bigint": "hashint8extended({column}, {n})",
    "text": 'hashtextextended({column} COLLATE "C", {n})',
}
_OTHER = 'hashtextextended({column}::text COLLATE "C", {n})'
# Not every version has all of these columns, and JSON has those that there are.
_PROPERTIES = """SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype,
    datconnlimit, coalesce(to_jsonb(d)->>'datlocprovider', 'c'),
    coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale'), to_jsonb(d)->>'daticurules'
FROM pg_database d WHERE datname = current_database()"""
_SETTINGS = """SELECT CASE setrole WHEN 0 THEN NULL ELSE pg_get_userbyid(setrole) END,
    split_part(one, '=', 1), substr(one, strpos(one, '=') + 1)
FROM pg_db_role_setting, unnest(setconfig) AS one
WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY 1 NULLS FIRST, 2"""
_GRANTS = """SELECT format('GRANT %s ON DATABASE {database} TO %s%s', a.privilege_type,
    CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
    CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS a
WHERE d.datname = current_database() ORDER BY 1"""
_NEWER = "SELECT version_num FROM public.alembic_version"


def contents_of(session: "Session", digest: Digest = "columns") -> Contents:
    """All tables and objects that the session sees; it may be in a transaction."""
    tables = _tables(session, digest, _TABLES[digest])
    return Contents(digest=digest, tables=tables, objects=objects_of(session))


def _tables(session: "Session", digest: Digest, kinds: list[str]) -> dict[str, TableContents]:
    for statement in _AS_EVER:
        session.execute(statement.encode())
    names = [str(row[0]) for row in session.execute(_RELATIONS.encode(), (kinds,))]
    hashes = _hashes(session) if digest == "columns" else {}
    return {name: _table(session, name, hashes.get(name, _OF_ROW)) for name in names}


def _hashes(session: "Session") -> dict[str, str]:
    """For each table the expression that makes one number of a row."""
    terms: dict[str, list[str]] = {}
    for name, column, kind in session.execute(_COLUMNS.encode()):
        found = terms.setdefault(name, [])
        n = len(found) + 1
        hash_ = _CHEAP.get(kind, _OTHER).format(column=f"t.{column}", n=n)
        found.append(f"coalesce({hash_}, {n})")
    return {name: " # ".join(found) for name, found in terms.items()}


def objects_of(session: "Session") -> dict[str, int]:
    """How many objects there are of each kind."""
    return {str(kind): int(n) for kind, n in session.execute(_KINDS.encode())}


def complete_tables(session: "Session", wanted: Contents) -> list[str]:
    """Tables that have all their rows, as lists of pg_restore name them; others that have some lose them.

    Materialized views are not looked at: they have no rows before the last stage.
    """
    found = _tables(session, wanted.digest, ["r"])
    complete = {name for name, table in found.items() if table.rows and table == wanted.tables.get(name)}
    for name, table in found.items():
        if table.rows and name not in complete:
            session.execute(f"TRUNCATE {name}".encode())
    return [plain for name, plain in _named(session) if name in complete]


def names(session: "Session") -> list[str]:
    """All tables, as lists of pg_restore name them."""
    return [plain for _, plain in _named(session)]


def _named(session: "Session") -> list[tuple[str, str]]:
    """(name in SQL, name in such a list, which has a blank for each end of a line) of all tables."""
    found = session.execute(_NAMES.encode()).fetchall()
    return [(str(name), str(plain).replace("\n", " ").replace("\r", " ")) for name, plain in found]


def _table(session: "Session", name: str, hash_: str) -> TableContents:
    (rows, digest) = session.execute(_DIGEST.format(table=name, hash=hash_).encode()).fetchall()[0]
    return TableContents(rows=rows, digest=digest)


def differences(wanted: Contents, found: Contents) -> list[str]:
    """A sentence for each table and kind of object that is not the same."""
    told = []
    for name, table in wanted.tables.items():
        other = found.tables.get(name)
        if other is None:
            told.append(f"The table {name} is missing ({table.rows:,} rows).")
        elif other.rows != table.rows:
            told.append(f"{name} has {other.rows:,} rows instead of {table.rows:,}.")
        elif other.digest != table.digest:
            told.append(f"{name} has {table.rows:,} rows as it should, and not the same ones.")
    told += [f"The table {name} is too much." for name in found.tables if name not in wanted.tables]
    kinds = sorted(wanted.objects.keys() | found.objects.keys())
    pairs = [(kind, wanted.objects.get(kind, 0), found.objects.get(kind, 0)) for kind in kinds]
    return told + [
        f"There are {have} {kind} instead of {want}." for kind, want, have in pairs if have != want
    ]


def properties_of(session: "Session") -> Properties:
    """Owner, encoding, locale, grants and settings of the database; grants name it as {database}."""
    (owner, encoding, collate, ctype, most, provider, locale, rules) = session.execute(
        _PROPERTIES.encode()
    ).fetchall()[0]
    kept, secret = _settings(session)
    return Properties(
        owner=owner,
        encoding=encoding,
        collate=collate,
        ctype=ctype,
        provider=provider,
        locale=locale,
        rules=rules,
        connection_limit=most,
        grants=tuple(str(row[0]) for row in session.execute(_GRANTS.encode())),
        settings=kept,
        settings_not_kept=secret,
    )


def _settings(session: "Session") -> tuple[tuple[Setting, ...], tuple[str, ...]]:
    """(settings of PostgreSQL's own, what those of extensions and applications are called).

    The latter, which alone have a dot in their name, may be secrets, and a manifest is not encrypted.
    """
    found = [
        Setting(role=role, name=name, value=value)
        for role, name, value in session.execute(_SETTINGS.encode())
    ]
    return (
        tuple(one for one in found if "." not in one.name),
        tuple(one.told for one in found if "." in one.name),
    )


def schema_version(session: "Session") -> str | None:
    """The layout that the tables have: of the warehouse, or the migration of the state; None for others."""
    there = session.execute(
        "SELECT to_regclass('nba_internal.info') IS NOT NULL, to_regclass('public.alembic_version') IS NOT "
        "NULL"
    ).fetchall()[0]
    if there[0]:
        query = "SELECT value FROM nba_internal.info WHERE name = 'layout_version'"
    elif there[1]:
        query = _NEWER
    else:
        return None
    found = session.execute(query.encode()).fetchone()
    return str(found[0]) if found else None


def data_snapshot(session: "Session") -> str | None:
    """The state of the warehouse by the name that answers give it; None where there is none."""
    if not session.execute("SELECT to_regclass('nba_internal.info') IS NOT NULL").fetchall()[0][0]:
        return None
    found = session.execute("SELECT value FROM nba_internal.info WHERE name = 'snapshot'").fetchone()
    return str(found[0]) if found else None
