test -run Nothing
