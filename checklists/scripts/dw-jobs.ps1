# Reads the jobs of the data warehouse on its own management server. Healthy: DWMaintenance, MPSyncJob, two Extract jobs at least, Transform
# and Load jobs, each Running or Not Started. `bad_names` are the others. While the job named `wait_for` runs,
# that is `progress`. Changes nothing.
param([string] $Token, $Parameters)

$install = [string] (Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\System Center\2010\Service Manager\Setup').InstallDirectory
Import-Module -Name ($install.TrimEnd('\') + '\Microsoft.EnterpriseManagement.Warehouse.Cmdlets.psd1') -Force
$bad = @(); $extract = 0; $fixed = 0; $sync = ''
$jobs = @(Get-SCDWJob)
foreach ($job in $jobs) {
    $status = [string] $job.Status
    [Console]::Out.WriteLine($job.Name + ': ' + $status)
    if ($job.Name -eq 'MPSyncJob') { $sync = $status }
    if ($job.CategoryName -eq 'Extract') { $extract = $extract + 1 }
    if (@('DWMaintenance', 'MPSyncJob', 'Transform.Common', 'Load.Common') -contains $job.Name) { $fixed = $fixed + 1 }
    $counted = @('DWMaintenance', 'MPSyncJob', 'Transform.Common') -contains $job.Name -or @('Extract', 'Load') -contains $job.CategoryName
    if ($counted -and @('Running', 'Not Started') -notcontains $status) { $bad = $bad + ($job.Name + ' ' + $status) }
}
$result = @{ jobs = $jobs.Count; fixed = $fixed; extract = $extract; bad = $bad.Count; bad_names = $bad -join ', '; mpsync = $sync }
if ($Parameters.wait_for -and @($jobs | Where-Object { $_.Name -eq $Parameters.wait_for -and [string] $_.Status -eq 'Running' }).Count -gt 0) {
    $result.progress = [string] $Parameters.wait_for + ' is running'
}
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
