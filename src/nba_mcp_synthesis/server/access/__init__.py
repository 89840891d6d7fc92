"""Who calls, and what he may do: found out once for a request, before anything of it is done."""
