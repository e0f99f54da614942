exit=1 run --message-format=short lost.gol
