# What has to be so before the key is restored and Setup runs. Changes nothing.
# setup_done: a Service Manager part is installed. agent_there: a HealthService without Service Manager is an Operations Manager part.
# group_left: a management group is left in the registry (Setup would end with 224). free_gb: of the system drive.
# Reference: learn.microsoft.com, WindowsPrincipal.IsInRole, Win32_ComputerSystem (PartOfDomain), Win32_LogicalDisk (FreeSpace),
# MoveFileEx (PendingFileRenameOperations); the two other keys are those of the vendor's PendingReboot resource (ComputerManagementDsc).
param([string] $Token, $Parameters)

$me = New-Object -TypeName Security.Principal.WindowsPrincipal -ArgumentList ([Security.Principal.WindowsIdentity]::GetCurrent())
$groups = 'HKLM:\SOFTWARE\Microsoft\Microsoft Operations Manager\3.0\Server Management Groups'
$left = @()
if (Test-Path -LiteralPath $groups) { $left = @(Get-ChildItem -LiteralPath $groups | ForEach-Object { $_.PSChildName }) }
$done = Test-Path -LiteralPath 'HKLM:\SOFTWARE\Microsoft\System Center\2010\Service Manager\Setup'
$agent = @(Get-Service -Name 'HealthService' -ErrorAction SilentlyContinue).Count -gt 0
$current = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion'
$manager = Get-ItemProperty -LiteralPath 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager'
$reboot = @($manager.PendingFileRenameOperations | Where-Object { $_ }).Count -gt 0
if (Test-Path -LiteralPath ($current + '\Component Based Servicing\RebootPending')) { $reboot = $true }
if (Test-Path -LiteralPath ($current + '\WindowsUpdate\Auto Update\RebootRequired')) { $reboot = $true }
$drive = @(Get-CimInstance -ClassName Win32_LogicalDisk | Where-Object { $_.DeviceID -eq $env:SystemDrive })[0]
$result = @{
    is_admin = $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
    in_domain = [bool] (Get-CimInstance -ClassName Win32_ComputerSystem).PartOfDomain
    setup_done = $done
    agent_there = $agent -and -not $done
    group_left = $left -join ', '
    reboot_pending = $reboot
    free_gb = [Math]::Round($drive.FreeSpace / 1GB, 1)
}
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
