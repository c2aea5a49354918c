"""Accounts, roles with their scopes, sign-in and sessions."""
