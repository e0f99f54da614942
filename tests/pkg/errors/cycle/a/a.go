package a

import _ "example.com/errors/cycle/b"
