"""What only PostgreSQL needs; psycopg is imported nowhere else in the warehouse but in postgres_engine.py."""
