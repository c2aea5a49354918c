"""Proof of an award: numbering, signing, rendering, verifying and revoking certificates."""
