exit=1 test --message-format=short
