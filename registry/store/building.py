"""A place on PostgreSQL where a whole register is built before anybody can see half of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from registry.store.engine import parsed_address, told
from registry.store.refusals import StoreError

_BUILDER = 0x435346
"""Number of the advisory lock that one builder holds; it goes when its process does, however that ends."""
_DROP = "DROP SCHEMA IF EXISTS cse_building CASCADE"
_MOVE = """DO $$ DECLARE one record; BEGIN
IF to_regclass('register_fact') IS NOT NULL THEN RAISE EXCEPTION 'it holds a register by now'; END IF;
FOR one IN SELECT 'TABLE ' || oid::regclass AS name FROM pg_class
    WHERE relnamespace = 'cse_building'::regnamespace AND relkind = 'r'
    UNION ALL SELECT 'FUNCTION ' || oid::regprocedure FROM pg_proc WHERE pronamespace = 'cse_building'::regnamespace
LOOP EXECUTE 'ALTER ' || one.name || ' SET SCHEMA ' || quote_ident(current_schema()); END LOOP;
END $$"""


@contextmanager
def built_aside(url: str) -> Iterator[str]:
    """Give the address of a place in the PostgreSQL database at `url`: seen as the register when the block ends well.

    Else it is gone; what a killed process left is taken away by the next. Raises `StoreError` if somebody else builds
    there, or if the database holds a register in the end.
    """
    address = parsed_address(url)
    options = f"{address.query.get('options', '')} -csearch_path=cse_building"
    aside = address.update_query_dict({"options": options}).render_as_string(hide_password=False)
    engine = create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with told("no register can be built in this database"), engine.connect() as connection:
        if not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_BUILDER})").scalar_one():
            raise StoreError("another process is building a register in this database")
        connection.exec_driver_sql(_DROP)
        connection.exec_driver_sql("CREATE SCHEMA cse_building")
        try:
            yield aside
            connection.exec_driver_sql(_MOVE)
        finally:
            connection.exec_driver_sql(_DROP)
