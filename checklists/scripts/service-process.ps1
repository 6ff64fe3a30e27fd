# Shows the process behind one service, and the MonitoringHost processes that it started. Changes nothing.
# `hanging` is 1 when the service has been told to stop and its process is still there.
# Reference: learn.microsoft.com, Win32_Service (ProcessId, State) and Win32_Process (ParentProcessId, CreationDate).
param([string] $Token, $Parameters)

$service = @(Get-CimInstance -ClassName Win32_Service | Where-Object { $_.Name -eq $Parameters.name })[0]
$processes = @(Get-CimInstance -ClassName Win32_Process)
$owner = @($processes | Where-Object { $service.ProcessId -gt 0 -and $_.ProcessId -eq $service.ProcessId })
$children = @($processes | Where-Object { $service.ProcessId -gt 0 -and $_.ParentProcessId -eq $service.ProcessId -and $_.Name -eq 'MonitoringHost.exe' })
foreach ($process in ($owner + $children)) {
    [Console]::Out.WriteLine($process.Name + ', process ' + $process.ProcessId + ', started ' + $process.CreationDate.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ'))
}
$stopping = (Get-Service -Name $service.Name).Status.ToString() -eq 'StopPending'
$result = @{ hanging = [int] ($stopping -and $owner.Count -gt 0); process = [int] $service.ProcessId; children = $children.Count }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
