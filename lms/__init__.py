"""The learning-management and training-records system: ground floor and roof."""
