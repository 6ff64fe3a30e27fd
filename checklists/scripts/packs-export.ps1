# Exports every unsealed management pack of the management group into a folder of this server. The folder is made when it is missing and
# must be empty: nothing that was saved before is overwritten.
param([string] $Token, $Parameters)

$install = [string] (Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\System Center\2010\Service Manager\Setup').InstallDirectory
$folder = [string] $Parameters.folder
if (-not (Test-Path -LiteralPath $folder -PathType Container)) { [void] (New-Item -ItemType Directory -Path $folder) }
if (@(Get-ChildItem -LiteralPath $folder).Count -gt 0) {
    $result = @{ error = $folder + ' is not empty; nothing is overwritten' }
    [Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
    exit 1
}
Import-Module -Name ($install.TrimEnd('\') + '\PowerShell\System.Center.Service.Manager.psd1') -Force
$packs = @(Get-SCSMManagementPack | Where-Object { $_.Sealed -eq $false })
foreach ($pack in $packs) {
    [Console]::Out.WriteLine('Exporting ' + $pack.Name + ' ' + $pack.Version)
    Export-SCSMManagementPack -ManagementPack $pack -Path $folder
}
$result = @{ exported = @(Get-ChildItem -LiteralPath $folder -File).Count; unsealed = $packs.Count; folder = $folder }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
