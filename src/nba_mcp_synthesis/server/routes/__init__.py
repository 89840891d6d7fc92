"""The routes of the HTTP service, a subject a file; each adds its own to the application."""
