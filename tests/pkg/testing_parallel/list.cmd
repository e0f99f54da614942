test -list Par
