# Starts one service and waits until it runs.
param([string] $Token, $Parameters)

$service = Get-Service -Name $Parameters.name
if ($service.Status.ToString() -ne 'Running') {
    [Console]::Out.WriteLine('Starting ' + $service.Name + ' ...')
    if ($service.Status.ToString() -ne 'StartPending') { Start-Service -InputObject $service }
    $service.WaitForStatus('Running', [TimeSpan]::FromSeconds([double] $Parameters.wait))
}
$service.Refresh()
$result = @{ name = $service.Name; status = $service.Status.ToString(); start_type = $service.StartType.ToString() }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
