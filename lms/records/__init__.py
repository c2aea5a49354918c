"""Who must be trained in what (requirements, duties) and who is (awards)."""
