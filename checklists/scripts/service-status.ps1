# Reads one service. Fields: status, start_type, and progress while it starts or stops.
param([string] $Token, $Parameters)

$service = Get-Service -Name $Parameters.name
$status = $service.Status.ToString()
$result = @{ name = $service.Name; status = $status; start_type = $service.StartType.ToString() }
if ($status -eq 'StopPending' -or $status -eq 'StartPending') { $result.progress = $status }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
