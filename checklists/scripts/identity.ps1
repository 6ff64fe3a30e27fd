# Asks the machine who it is. Fields: name, domain, fqdn, booted (UTC), utc (its clock), language_mode, bits, ps_version.
param([string] $Token, $Parameters)

$system = Get-CimInstance -ClassName Win32_ComputerSystem
$os = Get-CimInstance -ClassName Win32_OperatingSystem
$format = 'yyyy-MM-ddTHH:mm:ssZ'
$culture = [Globalization.CultureInfo]::InvariantCulture
$result = @{
    name = $system.DNSHostName
    domain = $system.Domain
    in_domain = [bool] $system.PartOfDomain
    fqdn = $system.DNSHostName + '.' + $system.Domain
    booted = $os.LastBootUpTime.ToUniversalTime().ToString($format, $culture)
    utc = [DateTime]::UtcNow.ToString($format, $culture)
    language_mode = $ExecutionContext.SessionState.LanguageMode.ToString()
    bits = 8 * [IntPtr]::Size
    ps_version = $PSVersionTable.PSVersion.ToString()
}
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
