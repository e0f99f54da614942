package lib2

func f( {
