"""The servers that other tests rely on are real ones."""

from servers.aws import AwsServer
from servers.postgres import PostgresServer
from servers.redis import RedisServer


def test_postgres_is_of_version_18_and_makes_databases(postgres_server: PostgresServer) -> None:
    """A new database is empty and can be written."""
    database = postgres_server.create_database()
    with postgres_server.connect(database) as connection:
        assert connection.info.server_version >= 180_000
        connection.execute("CREATE TABLE t (a int)")
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_redis_wants_its_password(redis_server: RedisServer) -> None:
    """The administrator's client has it."""
    assert redis_server.client().ping()


def test_aws_forgets_between_tests(aws_server: AwsServer) -> None:
    """Each test starts with an empty account."""
    assert aws_server.client("s3").list_buckets()["Buckets"] == []
