# Compares the saved error messages, a file of this server that the vendor's generator wrote, with those of the instance. Changes nothing.
# missing: number and language not in sys.messages. conflicts: there with another text; they may belong to another product and are listed only.
# Without the file `saved` is 0 and what is missing cannot be told.
# Reference: learn.microsoft.com, sys.messages, sys.syslanguages, SqlConnection (System.Data.SqlClient), Test-Path.
param([string] $Token, $Parameters)

$pattern = '@msgnum\s*=\s*(?<number>\d+)\s*,\s*@severity\s*=\s*\d+\s*,\s*@msgtext\s*=\s*N''(?<text>(?:[^'']|'''')*)''\s*,\s*@lang\s*=\s*''(?<language>[^'']*)'''
if (-not (Test-Path -LiteralPath ([string] $Parameters.path) -PathType Leaf)) {
    [Console]::Out.WriteLine('There is no file ' + $Parameters.path)
    $result = @{ saved = 0 }
    [Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
    exit 0
}
$saved = @([regex]::Matches([IO.File]::ReadAllText([string] $Parameters.path), $pattern))
$there = @{}
$connection = New-Object -TypeName Data.SqlClient.SqlConnection -ArgumentList ('Data Source=tcp:localhost,' + [int] $Parameters.port + ';Initial Catalog=master;Integrated Security=SSPI')
$connection.Open()
try {
    $command = $connection.CreateCommand()
    $command.CommandText = 'SELECT m.message_id, l.alias, m.[text] FROM sys.messages AS m INNER JOIN sys.syslanguages AS l ON l.lcid = m.language_id WHERE m.message_id > 50000'
    $reader = $command.ExecuteReader()
    while ($reader.Read()) { $there[[string] $reader.GetInt32(0) + '/' + $reader.GetString(1)] = $reader.GetString(2) }
    $reader.Close()
} finally {
    $connection.Dispose()
}
$missing = 0; $conflicts = 0
foreach ($one in $saved) {
    $key = $one.Groups['number'].Value + '/' + $one.Groups['language'].Value
    if (-not $there.ContainsKey($key)) {
        $missing = $missing + 1
        [Console]::Out.WriteLine('missing: ' + $key)
    } elseif ($there[$key] -cne $one.Groups['text'].Value.Replace('''''', '''')) {
        $conflicts = $conflicts + 1
        [Console]::Out.WriteLine('another text: ' + $key)
    }
}
$result = @{ saved = $saved.Count; there = $there.Count; missing = $missing; conflicts = $conflicts }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
