# Ends the process of one service that hangs while it stops, found by the service's own process number and never by name, with the
# MonitoringHost processes that it started. Does nothing where the service is not stopping.
# Reference: learn.microsoft.com, Stop-Process (Microsoft.PowerShell.Management), Win32_Service (ProcessId).
param([string] $Token, $Parameters)

$ended = 0
$service = @(Get-CimInstance -ClassName Win32_Service | Where-Object { $_.Name -eq $Parameters.name })[0]
if ((Get-Service -Name $service.Name).Status.ToString() -eq 'StopPending' -and $service.ProcessId -gt 0) {
    $children = @(Get-CimInstance -ClassName Win32_Process | Where-Object { $_.ParentProcessId -eq $service.ProcessId -and $_.Name -eq 'MonitoringHost.exe' })
    foreach ($number in (@($children | ForEach-Object { $_.ProcessId }) + $service.ProcessId)) {
        [Console]::Out.WriteLine('Ending process ' + $number)
        Stop-Process -Id $number -Force -ErrorAction SilentlyContinue
        $ended = $ended + 1
    }
    (Get-Service -Name $service.Name).WaitForStatus('Stopped', [TimeSpan]::FromSeconds(60))
}
$result = @{ ended = $ended; status = (Get-Service -Name $service.Name).Status.ToString() }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
