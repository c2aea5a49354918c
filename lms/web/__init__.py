"""Flask helpers for views: who may enter, forms, headers, errors, Markdown."""
