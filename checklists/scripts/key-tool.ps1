# Looks for the key wizard on the media, as this server sees them, and at its signature. Changes nothing and starts nothing.
# A network path is a second hop that WinRM does not make: `there` is then false although the path is right for somebody at the server.
# Reference: learn.microsoft.com, Get-AuthenticodeSignature (Microsoft.PowerShell.Security).
param([string] $Token, $Parameters)

$tool = Join-Path -Path ([string] $Parameters.media) -ChildPath 'Tools\SecureStorageBackup\SecureStorageBackup.exe'
$there = Test-Path -LiteralPath $tool -PathType Leaf
$result = @{ path = $tool; there = $there }
if ($there) {
    $signature = Get-AuthenticodeSignature -LiteralPath $tool
    $result.signature = $signature.Status.ToString()
    if ($null -ne $signature.SignerCertificate) { $result.signer = $signature.SignerCertificate.Subject }
}
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
