# Renames the Health Service State folder: the same result as removing it, and it can be taken back.
# Refuses unless this is the expected computer, a management server, its agent stopped, and the folder a real one.
param([string] $Token, $Parameters)

$root = 'HKLM:\SOFTWARE\Microsoft\System Center\2010'
$install = [string] (Get-ItemProperty -LiteralPath ($root + '\Service Manager\Setup')).InstallDirectory
$folder = Join-Path -Path $install -ChildPath 'Health Service State'
$refusal = ''
if ($env:COMPUTERNAME -ne $Parameters.computer) {
    $refusal = 'This computer is ' + $env:COMPUTERNAME + ', not ' + $Parameters.computer
} elseif ([int] (Get-ItemProperty -LiteralPath ($root + '\Common\SDK Service')).'SDK Service Type' -ne 1) {
    $refusal = 'This is no Service Manager management server'
} elseif ((Get-Service -Name 'HealthService').Status.ToString() -ne 'Stopped') {
    $refusal = 'HealthService is not stopped'
} elseif (@(Get-Process -Name 'MonitoringHost' -ErrorAction SilentlyContinue).Count -gt 0) {
    $refusal = 'A MonitoringHost process still holds the folder'
} elseif (-not (Test-Path -LiteralPath $folder -PathType Container)) {
    $refusal = 'There is no folder ' + $folder
} elseif ((Get-Item -LiteralPath $folder -Force).Attributes.HasFlag([IO.FileAttributes]::ReparsePoint)) {
    $refusal = $folder + ' is a link to another place'
}
if ($refusal) {
    $result = @{ error = $refusal }
    [Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
    exit 1
}
$stamp = [DateTime]::UtcNow.ToString('yyyyMMddTHHmmssZ', [Globalization.CultureInfo]::InvariantCulture)
$name = 'Health Service State.' + $stamp
Rename-Item -LiteralPath $folder -NewName $name
$result = @{ path = $folder; renamed_to = $name; present = Test-Path -LiteralPath $folder -PathType Container }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
