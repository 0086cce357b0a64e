"""The rules of relief, pure: no database, HTTP, data frame or clock inside."""
