# Starts one service and waits until it runs. Values come as $Parameters; they are never put into the text of a command.
param([string] $Token, $Parameters)

$service = Get-Service -Name $Parameters.name
if ($service.Status.ToString() -ne 'Running') {
    [Console]::Out.WriteLine('Starting ' + $service.Name + ' ...')
    Start-Service -InputObject $service
    $service.WaitForStatus('Running', [TimeSpan]::FromSeconds([double] $Parameters.wait))
}
$service.Refresh()
$result = @{ status = $service.Status.ToString() }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
