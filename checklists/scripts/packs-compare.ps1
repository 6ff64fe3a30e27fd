# Compares the unsealed management packs in a folder of this server with those of the management group, by content and not by version
# alone: changes made in the console need not raise a version. Changes nothing but a temporary folder, which it removes.
# missing: in the folder, not in the group. differing: in both, not the same; older: of those, the ones whose file has the lower version.
# not_saved: in the group, not in the folder. invalid: missing ones that the vendor's own test does not verify.
param([string] $Token, $Parameters)

$install = [string] (Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\System Center\2010\Service Manager\Setup').InstallDirectory
Import-Module -Name ($install.TrimEnd('\') + '\PowerShell\System.Center.Service.Manager.psd1') -Force
$live = @{}
foreach ($pack in @(Get-SCSMManagementPack)) { $live[$pack.Name] = $pack }
$files = @(Get-ChildItem -LiteralPath ([string] $Parameters.folder) -File | Where-Object { $_.Extension -eq '.xml' })
$missing = @(); $differing = @(); $older = @(); $invalid = @(); $seen = @{}; $same = 0
$scratch = Join-Path -Path ([IO.Path]::GetTempPath()) -ChildPath ('smtui-' + $Token)
[void] (New-Item -ItemType Directory -Path $scratch)
try {
    foreach ($file in $files) {
        $saved = Get-SCSMManagementPack -ManagementPackFile $file.FullName
        $seen[$saved.Name] = $true
        if (-not $live.ContainsKey($saved.Name)) {
            $missing = $missing + $saved.Name
            $test = Test-SCSMManagementPack -FullName $file.FullName -ErrorAction SilentlyContinue
            if (-not $test.Verified) { $invalid = $invalid + $saved.Name }
            [Console]::Out.WriteLine('missing: ' + $saved.Name + ' ' + $saved.Version)
            continue
        }
        $there = $live[$saved.Name]
        Export-SCSMManagementPack -ManagementPack $there -Path $scratch
        $exported = @(Get-ChildItem -LiteralPath $scratch -File)[0]
        $now = ([xml] [IO.File]::ReadAllText($exported.FullName)).OuterXml
        Remove-Item -LiteralPath $exported.FullName
        if (([xml] [IO.File]::ReadAllText($file.FullName)).OuterXml -eq $now) { $same = $same + 1; continue }
        $differing = $differing + $saved.Name
        if ([Version] $saved.Version -lt [Version] $there.Version) { $older = $older + $saved.Name }
        [Console]::Out.WriteLine('differs: ' + $saved.Name + ', file ' + $saved.Version + ', management group ' + $there.Version)
    }
} finally {
    Remove-Item -LiteralPath $scratch -Recurse -Force
}
$unsaved = @($live.Values | Where-Object { $_.Sealed -eq $false -and -not $seen.ContainsKey($_.Name) } | ForEach-Object { $_.Name })
$result = @{
    files = $files.Count; same = $same; missing = $missing.Count; missing_names = $missing -join ', '
    differing = $differing.Count; differing_names = $differing -join ', '; older = $older.Count; older_names = $older -join ', '
    invalid = $invalid.Count; invalid_names = $invalid -join ', '; not_saved = $unsaved.Count; not_saved_names = $unsaved -join ', '
}
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
