"""Plain Python the whole house stands on: money, phones, names, dates, tables. No Django here."""
