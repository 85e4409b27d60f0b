"""Receivers that stand where a SIEM would: they keep what comes, and fail when told to."""
