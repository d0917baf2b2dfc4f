"""The public origin: pages and verify API in two languages, without keys and without write access.

Importing this package imports no web framework: what a result says in words (`view`) is used without one too.
"""
