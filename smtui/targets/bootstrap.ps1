# smtui runs every script of a checklist through this constant text, so that no value ever becomes PowerShell.
# Standard input: one base64 line of UTF-8 JSON {"token", "script", "parameters"}. The script ends with the line
# 'smtui-result <token> <JSON object>' and an exit code; an error that it does not catch is framed here.
# The automatic variable for pipeline input must not be named here: the host would then read standard input itself.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$token = ''
try {
    # Loaded before the script is awaited, so that a process that was started ahead is ready for it.
    Import-Module -Name Microsoft.PowerShell.Utility, Microsoft.PowerShell.Management, CimCmdlets -ErrorAction SilentlyContinue
    $utf8 = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
    [Console]::OutputEncoding = $utf8
    $OutputEncoding = $utf8
    # What is not base64 may be a byte order mark that a writer of the pipe put first.
    $line = [Console]::In.ReadToEnd() -creplace '[^A-Za-z0-9+/=]'
    $json = $utf8.GetString([Convert]::FromBase64String($line))
    $request = ConvertFrom-Json -InputObject $json
    $token = [string] $request.token
    if ($token -eq '') { throw 'standard input ended before the script was complete' }
    $block = [ScriptBlock]::Create([string] $request.script)
    & $block -Token $token -Parameters $request.parameters
}
catch {
    $failure = @{ error = [string] $_; error_id = [string] $_.FullyQualifiedErrorId }
    if ($null -ne $_.InvocationInfo) { $failure.error_line = $_.InvocationInfo.ScriptLineNumber }
    if ($token -eq '') {
        # Constrained language mode ends here, where only cmdlets and core types are allowed.
        Write-Output "The script was not started, language mode $($ExecutionContext.SessionState.LanguageMode): $_"
        exit 1
    }
    [Console]::Out.WriteLine('smtui-result {0} {1}', $token, (ConvertTo-Json -InputObject $failure -Compress))
    exit 1
}
exit 0
