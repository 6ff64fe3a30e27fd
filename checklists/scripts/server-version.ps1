# Reads the version of the installed Service Manager parts, as Windows lists them.
param([string] $Token, $Parameters)

$installed = @(Get-ItemProperty -Path 'HKLM:\Software\Microsoft\Windows\CurrentVersion\Uninstall\*' | Where-Object { $_.DisplayName -like '*Service Manager*' })
foreach ($part in $installed) { [Console]::Out.WriteLine($part.DisplayName + ': ' + $part.DisplayVersion) }
$result = @{ parts = $installed.Count; version = (@($installed | ForEach-Object { [string] $_.DisplayVersion } | Sort-Object -Unique) -join ', ') }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
