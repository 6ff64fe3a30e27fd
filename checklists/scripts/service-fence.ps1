# Stops one service and disables it, so that a restart of the machine does not bring it back. Reports the start type it had.
param([string] $Token, $Parameters)

$service = Get-Service -Name $Parameters.name
$before = $service.StartType.ToString()
[Console]::Out.WriteLine('Start type before: ' + $before)
Set-Service -Name $service.Name -StartupType Disabled
if ($service.Status.ToString() -ne 'Stopped') {
    [Console]::Out.WriteLine('Stopping ' + $service.Name + ' ...')
    if ($service.Status.ToString() -ne 'StopPending') { Stop-Service -InputObject $service -NoWait }
    $service.WaitForStatus('Stopped', [TimeSpan]::FromSeconds([double] $Parameters.wait))
}
$after = Get-Service -Name $service.Name
$result = @{ name = $after.Name; status = $after.Status.ToString(); start_type = $after.StartType.ToString(); start_type_before = $before }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
