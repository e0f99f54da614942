package sub

const N = 21
