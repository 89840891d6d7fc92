"""Reports that people read: on performance, costs, the database, capacity, access, and updates."""
