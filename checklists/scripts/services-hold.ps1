# Disables several stopped services, so that no restart of the machine, no failure action and no monitoring brings them back before their
# time. Refuses while one of them is not stopped. Reports the start type that each had: that is what to put back.
# Reference: learn.microsoft.com, Set-Service (Microsoft.PowerShell.Management).
param([string] $Token, $Parameters)

$names = @(([string] $Parameters.names) -split ' ')
$services = @(Get-Service -Name $names)
$awake = @($services | Where-Object { $_.Status.ToString() -ne 'Stopped' } | ForEach-Object { $_.Name + ' ' + $_.Status.ToString() })
if ($awake.Count -gt 0) {
    $result = @{ error = 'Not stopped: ' + ($awake -join ', ') }
    [Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
    exit 1
}
$before = @()
foreach ($service in $services) {
    $start = $service.StartType.ToString()
    $before = $before + ($service.Name + ' ' + $start)
    [Console]::Out.WriteLine($service.Name + ': start type was ' + $start)
    Set-Service -Name $service.Name -StartupType Disabled
}
$disabled = @(Get-Service -Name $names | Where-Object { $_.StartType.ToString() -eq 'Disabled' })
$result = @{ disabled = $disabled.Count; start_types_before = $before -join ', ' }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
