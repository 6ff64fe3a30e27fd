param([string] $Token, $Parameters)
# status
