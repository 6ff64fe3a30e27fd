# Stops one service and waits until it is stopped. Its start type stays as it is. Running dependents are named, never forced.
param([string] $Token, $Parameters)

$service = Get-Service -Name $Parameters.name
$running = @($service.DependentServices | Where-Object { $_.Status.ToString() -ne 'Stopped' } | ForEach-Object { $_.Name })
if ($running.Count -gt 0) {
    $result = @{ status = $service.Status.ToString(); error = 'Services that depend on it are running: ' + ($running -join ', ') }
    [Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
    exit 1
}
if ($service.Status.ToString() -ne 'Stopped') {
    [Console]::Out.WriteLine('Stopping ' + $service.Name + ' ...')
    if ($service.Status.ToString() -ne 'StopPending') { Stop-Service -InputObject $service -NoWait }
    $service.WaitForStatus('Stopped', [TimeSpan]::FromSeconds([double] $Parameters.wait))
}
$service.Refresh()
$result = @{ name = $service.Name; status = $service.Status.ToString(); start_type = $service.StartType.ToString() }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
