"""The rules of the register, as pure functions on frozen values.

Standard library only; time and randomness are arguments. Every module may be imported from.
"""
