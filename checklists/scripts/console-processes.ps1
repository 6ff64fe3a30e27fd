# Counts the programs of the Service Manager folder that run in somebody's desktop session (services run in session 0).
param([string] $Token, $Parameters)

$folder = [string] (Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\System Center\2010\Service Manager\Setup').InstallDirectory
$folder = $folder.TrimEnd('\') + '\'
$open = @(Get-Process | Where-Object { $_.SessionId -gt 0 -and $_.Path -and $_.Path.StartsWith($folder, [StringComparison]::OrdinalIgnoreCase) })
foreach ($process in $open) {
    [Console]::Out.WriteLine('Session ' + $process.SessionId + ': ' + $process.ProcessName + ' (process ' + $process.Id + ')')
}
$result = @{ open = $open.Count }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
