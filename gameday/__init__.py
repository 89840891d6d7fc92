"""A fire drill on one machine: something breaks, somebody is paged, and mends it by the runbook."""
