"""People who sign in: residents with an account, and officials with a role.

Whoever only reads meets nothing of this: no session is opened and no cookie is set for them.
"""
