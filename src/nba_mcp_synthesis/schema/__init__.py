"""What the data are: tables, seasons, teams, the court. Data and small rules; imports nothing."""
