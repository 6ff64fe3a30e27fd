# smtui starts its PowerShell host through this constant text, which fits a command line. Standard input begins with the
# host itself, host.ps1, as one base64 line of UTF-8; the host reads the lines after it.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try {
    $reader = New-Object -TypeName System.IO.StreamReader -ArgumentList ([Console]::OpenStandardInput()), ([Text.Encoding]::ASCII)
    $text = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($reader.ReadLine()))
    & ([ScriptBlock]::Create($text)) -Reader $reader
}
catch {
    # Constrained language mode ends here, before the first frame was read.
    Write-Output "The PowerShell host ended, language mode $($ExecutionContext.SessionState.LanguageMode): $_"
    exit 1
}
exit 0
