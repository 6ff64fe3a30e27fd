# Imports the management packs of a folder that the management group does not have, one by one, each tested before. One that is there
# already is never touched. A pack may need another one first: the round is repeated as long as it still gets one in.
param([string] $Token, $Parameters)

$install = [string] (Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\System Center\2010\Service Manager\Setup').InstallDirectory
Import-Module -Name ($install.TrimEnd('\') + '\PowerShell\System.Center.Service.Manager.psd1') -Force
$live = @{}
foreach ($pack in @(Get-SCSMManagementPack)) { $live[$pack.Name] = $true }
$waiting = @{}
foreach ($file in @(Get-ChildItem -LiteralPath ([string] $Parameters.folder) -File | Where-Object { $_.Extension -eq '.xml' })) {
    $name = (Get-SCSMManagementPack -ManagementPackFile $file.FullName).Name
    if (-not $live.ContainsKey($name)) { $waiting[$name] = $file.FullName }
}
$imported = @(); $reasons = @{}; $goes = $true
while ($goes -and $waiting.Count -gt 0) {
    $goes = $false
    foreach ($name in @($waiting.Keys | Sort-Object)) {
        try {
            $test = Test-SCSMManagementPack -FullName $waiting[$name]
            if (-not $test.Verified) { throw 'it is not verified' }
            Import-SCSMManagementPack -Fullname $waiting[$name]
            [Console]::Out.WriteLine('Imported ' + $name)
            $imported = $imported + $name
            $waiting.Remove($name)
            $goes = $true
        } catch {
            $reasons[$name] = [string] $_
        }
    }
}
foreach ($name in @($waiting.Keys | Sort-Object)) { [Console]::Out.WriteLine('Not imported: ' + $name + ': ' + $reasons[$name]) }
$result = @{ imported = $imported.Count; imported_names = $imported -join ', '; left = $waiting.Count; left_names = @($waiting.Keys | Sort-Object) -join ', ' }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
if ($waiting.Count -gt 0) { exit 1 }
exit 0
