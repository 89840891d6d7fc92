"""Logs and metrics: the only place that names them."""
