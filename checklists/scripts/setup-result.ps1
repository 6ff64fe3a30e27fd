# What Setup left behind, of either kind of management server: type (1 management server, 2 data warehouse), database, management group,
# services and their accounts, version. Fields of what is not there are left out. Changes nothing.
param([string] $Token, $Parameters)

$root = 'HKLM:\SOFTWARE\Microsoft\System Center\2010'
$groups = 'HKLM:\SOFTWARE\Microsoft\Microsoft Operations Manager\3.0\Server Management Groups'
$result = @{ setup_done = Test-Path -LiteralPath ($root + '\Service Manager\Setup') }
if ($result.setup_done) {
    $result.install_directory = [string] (Get-ItemProperty -LiteralPath ($root + '\Service Manager\Setup')).InstallDirectory
    $database = Get-ItemProperty -LiteralPath ($root + '\Common\Database')
    $result.sdk_service_type = [int] (Get-ItemProperty -LiteralPath ($root + '\Common\SDK Service')).'SDK Service Type'
    $result.database_server = [string] $database.DatabaseServerName
    $result.database_name = [string] $database.DatabaseName
    if ($database.StagingDatabaseName) {
        $result.staging_instance = [string] $database.StagingSQLInstance
        $result.staging_database = [string] $database.StagingDatabaseName
    }
    $reporting = Get-ItemProperty -LiteralPath ($root + '\Common\Reporting') -ErrorAction SilentlyContinue
    if ($null -ne $reporting -and $reporting.WebServiceURL) { $result.report_url = [string] $reporting.WebServiceURL }
    $result.management_group = @(Get-ChildItem -LiteralPath $groups | ForEach-Object { $_.PSChildName }) -join ', '
    $parts = @(Get-ItemProperty -Path 'HKLM:\Software\Microsoft\Windows\CurrentVersion\Uninstall\*' | Where-Object { $_.DisplayName -like '*Service Manager*' })
    $result.version = @($parts | ForEach-Object { [string] $_.DisplayVersion } | Sort-Object -Unique) -join ', '
}
$services = @(Get-CimInstance -ClassName Win32_Service | Where-Object { @('OMSDK', 'HealthService', 'OMCFG') -contains $_.Name })
$result.services = $services.Count
foreach ($service in $services) {
    if ($service.Name -eq 'OMSDK') { $result.data_access_account = [string] $service.StartName }
    if ($service.Name -eq 'OMCFG') { $result.configuration_account = [string] $service.StartName }
}
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
