# Looks at what a recovery takes from a share: whether it is there, how old it is, and what a saved permission script holds. Changes nothing.
# A network path is a second hop, which WinRM makes with delegation or CredSSP only: `readable` is then false and nothing is proven.
# Fields: path, readable, there, files, empty, newest_hours (an age), logins and drops (statements, outside of comments and texts).
param([string] $Token, $Parameters)

$path = [string] $Parameters.path
$result = @{
    path = $path; readable = (Test-Path -LiteralPath (Split-Path -Path $path -Parent) -PathType Container)
    there = (Test-Path -LiteralPath $path); files = 0; empty = 0; newest_hours = -1; logins = 0; drops = 0
}
if ($result.there) {
    $files = @(Get-ChildItem -LiteralPath $path -Recurse -File)
    $result.files = $files.Count
    $result.empty = @($files | Where-Object -FilterScript { $_.Length -eq 0 }).Count
    foreach ($file in $files) {
        $age = [int] [Math]::Floor(([DateTime]::UtcNow - $file.LastWriteTimeUtc).TotalHours)
        if ($result.newest_hours -lt 0 -or $age -lt $result.newest_hours) { $result.newest_hours = [Math]::Max(0, $age) }
    }
    if ($Parameters.review) {
        $options = [Text.RegularExpressions.RegexOptions]'IgnoreCase, Singleline'
        foreach ($file in $files) {
            $text = [IO.File]::ReadAllText($file.FullName)
            $bare = [regex]::Replace($text, '/\*.*?\*/|--[^\r\n]*|N?''(?:[^'']|'''')*''', ' ', $options)
            $result.logins += [regex]::Matches($bare, '\bCREATE\s+(?:LOGIN|USER)\b', $options).Count
            $result.drops += [regex]::Matches($bare, '(?<!\b(?:GRANT|DENY)\s+)\bDROP\s+\w+', $options).Count
        }
    }
}
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
