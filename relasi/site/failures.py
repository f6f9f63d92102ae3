"""What a command says when it cannot go on."""


class CommandFailed(Exception):
    """One sentence for the person at the terminal, who can mend it."""
