# Sets the start type of several services to Automatic again. Starts none of them.
# Reference: learn.microsoft.com, Set-Service (Microsoft.PowerShell.Management).
param([string] $Token, $Parameters)

$names = @(([string] $Parameters.names) -split ' ')
foreach ($service in @(Get-Service -Name $names)) {
    if ($service.StartType.ToString() -ne 'Automatic') {
        [Console]::Out.WriteLine($service.Name + ': ' + $service.StartType.ToString() + ' becomes Automatic')
        Set-Service -Name $service.Name -StartupType Automatic
    }
}
$automatic = @(Get-Service -Name $names | Where-Object { $_.StartType.ToString() -eq 'Automatic' })
$result = @{ automatic = $automatic.Count }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
