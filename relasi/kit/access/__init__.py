"""Who may see and do what.

Two questions decide everything: `visible_to(user)` and `may(user, verb, record)`.
"""
