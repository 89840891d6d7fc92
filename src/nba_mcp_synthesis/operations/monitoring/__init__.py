"""Rules, routes and dashboards, made from the data in `monitoring/`, and the door to Alertmanager."""
