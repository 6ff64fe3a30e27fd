# Follows an unattended Setup that a person started on this server: its scheduled task writes the status file that is read here.
# Reports `progress` while it runs, then the exit code and what the vendor's list of codes calls it. Changes nothing.
param([string] $Token, $Parameters)

$meaning = @{
    '0' = 'Successful'; '3010' = 'SuccessfulNeedReboot'; '-1' = 'Failed'; '-14' = 'FailedPrerequisiteChecks'
    '-15' = 'InvalidCommandLine'; '-16' = 'PreUpgradeCheckFailed'; '204' = 'FailedToValidateMgmtGrp'; '205' = 'FullTextSearchNotInstalled'
    '209' = 'InvalidCMDB'; '224' = 'MgmtGrpRegistryExist'; '226' = 'NotEnoughFreeSpace'; '228' = 'NotLocalAdminOnSqlServer'
    '240' = 'ScomAgentInstalled'; '241' = 'ScomServerInstalled'; '242' = 'ScsmComponentsInstalled'; '256' = 'TestCredentialsFailed'
    '263' = 'UserNotSysAdmin'; '273' = 'SMServerInstalled'; '286' = 'InvalidCMDBVersion'
}
$file = Join-Path -Path $env:ProgramData -ChildPath 'smtui\setup-status.json'
if (-not (Test-Path -LiteralPath $file -PathType Leaf)) {
    $result = @{ started = $false }
} else {
    $status = ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($file))
    $result = @{ started = $true }
    if ($null -eq $status.exit_code) {
        $result.progress = 'Setup runs since ' + $status.started
    } else {
        $code = [string] $status.exit_code
        $result.exit_code = [int] $status.exit_code
        $result.reboot = $code -eq '3010'
        if ($meaning.ContainsKey($code)) { $result.meaning = $meaning[$code] } else { $result.meaning = 'see the vendor''s list of exit codes' }
    }
}
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
