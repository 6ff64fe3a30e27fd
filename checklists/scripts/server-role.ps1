# Reads what this Service Manager server is. sdk_service_type: 1 management server, 2 data warehouse management server.
param([string] $Token, $Parameters)

$root = 'HKLM:\SOFTWARE\Microsoft\System Center\2010'
$database = Get-ItemProperty -LiteralPath ($root + '\Common\Database')
$groups = @(Get-ChildItem -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Microsoft Operations Manager\3.0\Server Management Groups' | ForEach-Object { $_.PSChildName })
$result = @{
    sdk_service_type = [int] (Get-ItemProperty -LiteralPath ($root + '\Common\SDK Service')).'SDK Service Type'
    install_directory = [string] (Get-ItemProperty -LiteralPath ($root + '\Service Manager\Setup')).InstallDirectory
    database_server = [string] $database.DatabaseServerName
    database_name = [string] $database.DatabaseName
    management_group = $groups -join ', '
}
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
