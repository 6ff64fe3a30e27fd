# Looks at several services at once; `names` are service names, joined by blanks. Reports how many of them are there, run, are stopped,
# start by themselves and are disabled, and `progress` while one of them starts or stops. Changes nothing.
# Reference: learn.microsoft.com, Get-Service (Microsoft.PowerShell.Management).
param([string] $Token, $Parameters)

$names = @(([string] $Parameters.names) -split ' ')
$services = @(Get-Service -Name $names -ErrorAction SilentlyContinue)
$running = 0; $stopped = 0; $automatic = 0; $disabled = 0; $pending = @(); $state = @()
foreach ($service in $services) {
    $status = $service.Status.ToString()
    $start = $service.StartType.ToString()
    if ($status -eq 'Running') { $running = $running + 1 }
    if ($status -eq 'Stopped') { $stopped = $stopped + 1 }
    if ($status -eq 'StopPending' -or $status -eq 'StartPending') { $pending = $pending + ($service.Name + ' ' + $status) }
    if ($start -eq 'Automatic') { $automatic = $automatic + 1 }
    if ($start -eq 'Disabled') { $disabled = $disabled + 1 }
    $state = $state + ($service.Name + ' ' + $status + ' ' + $start)
}
$result = @{
    found = $services.Count
    running = $running
    stopped = $stopped
    automatic = $automatic
    disabled = $disabled
    state = $state -join ', '
}
if ($pending.Count -gt 0) { $result.progress = $pending -join ', ' }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
