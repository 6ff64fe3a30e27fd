# Adds the saved error messages whose number and language the instance does not have, English first, as the server demands. Nothing that is
# there is replaced: it may belong to another product. The values of each message are parameters of a constant statement.
# Reference: learn.microsoft.com, sp_addmessage, sys.messages, SqlCommand (System.Data.SqlClient).
param([string] $Token, $Parameters)

$pattern = '@msgnum\s*=\s*(?<number>\d+)\s*,\s*@severity\s*=\s*(?<severity>\d+)\s*,\s*@msgtext\s*=\s*N''(?<text>(?:[^'']|'''')*)''\s*,\s*@lang\s*=\s*''(?<language>[^'']*)''\s*,\s*@with_log\s*=\s*''(?<log>\w+)'''
$saved = @([regex]::Matches([IO.File]::ReadAllText([string] $Parameters.path), $pattern))
$english = @($saved | Where-Object { $_.Groups['language'].Value -eq 'English' -or $_.Groups['language'].Value -eq 'us_english' })
$others = @($saved | Where-Object { $_.Groups['language'].Value -ne 'English' -and $_.Groups['language'].Value -ne 'us_english' })
$added = 0
$connection = New-Object -TypeName Data.SqlClient.SqlConnection -ArgumentList ('Data Source=tcp:localhost,' + [int] $Parameters.port + ';Initial Catalog=master;Integrated Security=SSPI')
$connection.Open()
try {
    foreach ($one in ($english + $others)) {
        $command = $connection.CreateCommand()
        $command.CommandText = 'IF NOT EXISTS (SELECT 1 FROM sys.messages AS m INNER JOIN sys.syslanguages AS l ON l.lcid = m.language_id WHERE m.message_id = @number AND l.alias = @language) BEGIN EXEC sp_addmessage @msgnum = @number, @severity = @severity, @msgtext = @text, @lang = @language, @with_log = @log; SELECT 1; END ELSE SELECT 0'
        [void] $command.Parameters.AddWithValue('@number', [int] $one.Groups['number'].Value)
        [void] $command.Parameters.AddWithValue('@severity', [int16] $one.Groups['severity'].Value)
        [void] $command.Parameters.AddWithValue('@text', $one.Groups['text'].Value.Replace('''''', ''''))
        [void] $command.Parameters.AddWithValue('@language', $one.Groups['language'].Value)
        [void] $command.Parameters.AddWithValue('@log', $one.Groups['log'].Value)
        if ([int] $command.ExecuteScalar() -eq 1) {
            $added = $added + 1
            [Console]::Out.WriteLine('Added ' + $one.Groups['number'].Value + ' ' + $one.Groups['language'].Value)
        }
    }
} finally {
    $connection.Dispose()
}
$result = @{ saved = $saved.Count; added = $added }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
