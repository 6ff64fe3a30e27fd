param([string] $Token, $Parameters)
