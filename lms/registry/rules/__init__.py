"""What a name, a number, a day, a unit and a row of a roster mean. Pure: no web, no database, no clock."""
