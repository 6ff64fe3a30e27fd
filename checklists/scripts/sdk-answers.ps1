# Whether the Data Access service of this server answers: it lists the management packs, and its port 5724 is open. Changes nothing.
# `evaluation_over` is true when the error is that of an expired evaluation copy.
param([string] $Token, $Parameters)

$install = [string] (Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\System Center\2010\Service Manager\Setup').InstallDirectory
Import-Module -Name ($install.TrimEnd('\') + '\PowerShell\System.Center.Service.Manager.psd1') -Force
$result = @{ packs = 0; evaluation_over = $false }
try {
    $result.packs = @(Get-SCSMManagementPack).Count
} catch {
    $result.trouble = [string] $_
    $result.evaluation_over = ([string] $_).Contains('LinkId=117146')
}
$result.port_open = [bool] (Test-NetConnection -ComputerName 'localhost' -Port 5724 -InformationLevel Quiet -WarningAction SilentlyContinue)
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
