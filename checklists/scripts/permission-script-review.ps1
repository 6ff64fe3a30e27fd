# Reads the saved permission script, a file of this server, and runs nothing of it. Comments and texts in quotation marks are left out first.
# destructive: statements that drop, create or alter databases, tables, procedures, views, functions, types or indexes, or that delete
# or change rows. elsewhere: USE of another database. permissions: logins, users, roles, memberships and grants, which is what it is kept for.
param([string] $Token, $Parameters)

$text = [IO.File]::ReadAllText([string] $Parameters.path)
$options = [Text.RegularExpressions.RegexOptions]'IgnoreCase, Singleline'
$bare = [regex]::Replace($text, '/\*.*?\*/|--[^\r\n]*|N?''(?:[^'']|'''')*''', ' ', $options)
$object = '(?:DATABASE|TABLE|PROC(?:EDURE)?|VIEW|FUNCTION|TYPE|INDEX|TRIGGER|ASSEMBLY|SERVICE|QUEUE)'
$destructive = @([regex]::Matches($bare, '(?<!\b(?:GRANT|DENY)\s+)\b(?:DROP\s+\w+|(?:CREATE|ALTER)\s+' + $object + '\b|TRUNCATE\s+TABLE|(?:DELETE|UPDATE)\s+(?!ON\b)[\[\w]|RESTORE\s+\w+)', $options))
$elsewhere = @()
foreach ($use in [regex]::Matches($bare, '\bUSE\s+(?:\[(?<name>[^\]]+)\]|(?<name>\w+))', $options)) {
    if ($use.Groups['name'].Value -ne [string] $Parameters.database) { $elsewhere = $elsewhere + $use.Groups['name'].Value }
}
$permissions = @([regex]::Matches($bare, '\b(?:CREATE\s+(?:LOGIN|USER|ROLE)|ALTER\s+ROLE|GRANT\s+\w+|sp_addrolemember)\b', $options))
$shown = @($destructive | ForEach-Object { [regex]::Replace($_.Value, '\s+', ' ').ToUpperInvariant() } | Group-Object | ForEach-Object { $_.Name + ' x' + $_.Count })
foreach ($line in $shown) { [Console]::Out.WriteLine('refused: ' + $line) }
$result = @{
    path = [string] $Parameters.path; bytes = (Get-Item -LiteralPath ([string] $Parameters.path)).Length
    sha256 = (Get-FileHash -LiteralPath ([string] $Parameters.path) -Algorithm SHA256).Hash
    destructive = $destructive.Count; destructive_kinds = ($shown | Select-Object -First 40) -join ', '
    elsewhere = $elsewhere.Count; elsewhere_names = @($elsewhere | Sort-Object -Unique) -join ', '; permissions = $permissions.Count
}
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
