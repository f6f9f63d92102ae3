"""PT Sahabat Selalu: an insurance agency with a repair-service arm and a shop, two years of history, from a
seed.

All people, numbers and addresses are invented: e-mails end in `.example`; telephone numbers come from a seed.
"""
