# Looks whether smtui could work on this server; changes nothing.
# Fields: name, domain, utc, administrator, language_mode, bits, ps_version, machine_policy, user_policy, reboot_pending, spn_asked, spn_owners.
# The directory is a second hop too: where it gives no answer, spn_asked is false. spn_owners: who has HTTP/name and HTTP/full name.
param([string] $Token, $Parameters)

$system = Get-CimInstance -ClassName Win32_ComputerSystem
$culture = [Globalization.CultureInfo]::InvariantCulture
$identity = [Security.Principal.WindowsIdentity]::GetCurrent()
$principal = New-Object -TypeName Security.Principal.WindowsPrincipal -ArgumentList $identity
$policies = @{}
foreach ($one in Get-ExecutionPolicy -List) { $policies[$one.Scope.ToString()] = $one.ExecutionPolicy.ToString() }

$reasons = @()
$windows = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion'
if (Test-Path -LiteralPath ($windows + '\Component Based Servicing\RebootPending')) { $reasons += 'component servicing' }
if (Test-Path -LiteralPath ($windows + '\WindowsUpdate\Auto Update\RebootRequired')) { $reasons += 'Windows Update' }
$manager = Get-ItemProperty -LiteralPath 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager'
if ($manager.PSObject.Properties.Name -contains 'PendingFileRenameOperations') { $reasons += 'file renames' }

$asked = $true
$owners = @()
try {
    $filter = '(|(servicePrincipalName=HTTP/' + $system.DNSHostName + ')(servicePrincipalName=HTTP/' + $system.DNSHostName + '.' + $system.Domain + '))'
    $searcher = New-Object -TypeName DirectoryServices.DirectorySearcher -ArgumentList $filter
    foreach ($found in $searcher.FindAll()) { $owners += [string] $found.Properties['samaccountname'][0] }
}
catch { $asked = $false }

$result = @{
    name = $system.DNSHostName
    domain = $system.Domain
    utc = [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', $culture)
    administrator = $principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
    language_mode = $ExecutionContext.SessionState.LanguageMode.ToString()
    bits = 8 * [IntPtr]::Size
    ps_version = $PSVersionTable.PSVersion.ToString()
    machine_policy = [string] $policies['MachinePolicy']
    user_policy = [string] $policies['UserPolicy']
    reboot_pending = $reasons -join ', '
    spn_asked = $asked
    spn_owners = @($owners | Sort-Object -Unique) -join ', '
}
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
