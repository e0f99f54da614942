exit=1 check --message-format=short .
