# Writes every error message of its own that this instance has (number above 50000) into a file of this server, as calls of sp_addmessage in
# the form that the vendor's generator has, without its replacing. The file is what a rebuilt instance gets its messages from.
# Reference: learn.microsoft.com, sys.messages, sys.syslanguages, sp_addmessage, SqlConnection (System.Data.SqlClient).
param([string] $Token, $Parameters)

$lines = New-Object -TypeName Collections.Generic.List[string]
$count = 0
$connection = New-Object -TypeName Data.SqlClient.SqlConnection -ArgumentList ('Data Source=tcp:localhost,' + [int] $Parameters.port + ';Initial Catalog=master;Integrated Security=SSPI')
$connection.Open()
try {
    $command = $connection.CreateCommand()
    $command.CommandText = 'SELECT m.message_id, m.severity, m.[text], l.alias, m.is_event_logged FROM sys.messages AS m INNER JOIN sys.syslanguages AS l ON l.lcid = m.language_id WHERE m.message_id > 50000 ORDER BY m.message_id, CASE m.language_id WHEN 1033 THEN 0 ELSE 1 END'
    $reader = $command.ExecuteReader()
    while ($reader.Read()) {
        $log = 'FALSE'
        if ($reader.GetBoolean(4)) { $log = 'TRUE' }
        $lines.Add('EXEC sp_addmessage')
        $lines.Add("`t@msgnum = " + $reader.GetInt32(0) + ',')
        $lines.Add("`t@severity = " + $reader.GetByte(1) + ',')
        $lines.Add("`t@msgtext = N'" + $reader.GetString(2).Replace("'", "''") + "',")
        $lines.Add("`t@lang = '" + $reader.GetString(3) + "',")
        $lines.Add("`t@with_log = '" + $log + "';")
        $lines.Add('GO')
        $count = $count + 1
    }
    $reader.Close()
} finally {
    $connection.Dispose()
}
[void] (New-Item -ItemType Directory -Force -Path (Split-Path -Path ([string] $Parameters.path) -Parent))
[IO.File]::WriteAllLines([string] $Parameters.path, $lines, [Text.Encoding]::Unicode)
$result = @{ saved = $count; path = [string] $Parameters.path; sha256 = (Get-FileHash -LiteralPath ([string] $Parameters.path) -Algorithm SHA256).Hash }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
