"""The messages that cross a boundary of Kabar, and the rules that give them their names.

Everything here is pure: no clock, no client, no environment. The only dependency is pydantic.
"""
