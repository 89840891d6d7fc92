"""Who is on call, whom an incident reaches, and what one hands over to the next."""
