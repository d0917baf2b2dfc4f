"""The command line `cse`: one request to one use case, with no other rights than the API."""
