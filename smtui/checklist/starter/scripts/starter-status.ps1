# Reads one service and changes nothing. A field `progress` says that it is not settled yet.
param([string] $Token, $Parameters)

$status = (Get-Service -Name $Parameters.name).Status.ToString()
$result = @{ status = $status }
if ($status -eq 'StartPending' -or $status -eq 'StopPending') { $result.progress = $status }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
