# Deletes the renamed copies of the Health Service State folder. The folder in use is never touched.
param([string] $Token, $Parameters)

$install = [string] (Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\System Center\2010\Service Manager\Setup').InstallDirectory
if ($env:COMPUTERNAME -ne $Parameters.computer) {
    $result = @{ error = 'This computer is ' + $env:COMPUTERNAME + ', not ' + $Parameters.computer }
    [Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
    exit 1
}
$deleted = 0
foreach ($copy in @(Get-ChildItem -LiteralPath $install -Directory | Where-Object { $_.Name -cmatch '^Health Service State\.\d{8}T\d{6}Z$' })) {
    if ($copy.Attributes.HasFlag([IO.FileAttributes]::ReparsePoint)) { continue }
    [Console]::Out.WriteLine('Deleting ' + $copy.FullName)
    Remove-Item -LiteralPath $copy.FullName -Recurse -Force
    $deleted = $deleted + 1
}
$renamed = @(Get-ChildItem -LiteralPath $install -Directory | Where-Object { $_.Name.StartsWith('Health Service State.') })
$result = @{ deleted = $deleted; renamed = $renamed.Count }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
