"""What every floor stands on: database, clock, errors, audit, languages, secrets and stored files."""
