package p

func main()
{
}
