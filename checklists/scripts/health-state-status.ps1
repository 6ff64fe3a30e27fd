# Looks for the Health Service State folder and for copies that were renamed before.
param([string] $Token, $Parameters)

$install = [string] (Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\System Center\2010\Service Manager\Setup').InstallDirectory
$folder = Join-Path -Path $install -ChildPath 'Health Service State'
$renamed = @(Get-ChildItem -LiteralPath $install -Directory | Where-Object { $_.Name.StartsWith('Health Service State.') })
foreach ($copy in $renamed) { [Console]::Out.WriteLine('Renamed copy: ' + $copy.FullName) }
$result = @{ path = $folder; present = Test-Path -LiteralPath $folder -PathType Container; renamed = $renamed.Count }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
