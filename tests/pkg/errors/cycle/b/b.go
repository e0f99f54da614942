package b

import _ "example.com/errors/cycle/a"
