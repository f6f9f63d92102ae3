"""How this channel is carried. (declared in its own commit)"""
