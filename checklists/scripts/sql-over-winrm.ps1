# Runs one T-SQL statement in SQL Server on this machine, as the account that is logged on here, and waits for its end.
# The connection does not leave the machine, so nothing is delegated (no second hop) and no port has to be open.
# Statement and values are data: System.Data.SqlClient binds @P1, @P2 and so on (SqlCommand.Parameters; it knows no `?`).
# Parameters: source, database, application, encrypt, seconds, statement, values (how many), p1, p2 and so on.
# Fields: spid, login_time, server; row (first row of the last result set, as JSON) and rows. Or phase (login, statement,
# answer), error, error_number, error_line, error_class, connected.
param([string] $Token, $Parameters)

$invariant = [Globalization.CultureInfo]::InvariantCulture

function Get-Instant($Value, [string] $Format) {
    # ISO 8601, without a fraction of zero.
    return $Value.ToString($Format, $invariant).Replace('.000000', '')
}

function Get-Plain($Reader, [int] $Column) {
    $value = $Reader.GetValue($Column)
    if ($value -is [byte[]]) { return '0x' + [BitConverter]::ToString($value).Replace('-', '') }
    if ($value -is [guid]) { return $value.ToString() }
    if ($value -is [TimeSpan]) { return Get-Instant $value 'hh\:mm\:ss\.ffffff' }
    if ($value -is [DateTimeOffset]) { return Get-Instant $value 'yyyy-MM-ddTHH:mm:ss.ffffffzzz' }
    if ($value -is [DateTime]) {
        if ($Reader.GetDataTypeName($Column) -eq 'date') { return $value.ToString('yyyy-MM-dd', $invariant) }
        return Get-Instant $value 'yyyy-MM-ddTHH:mm:ss.ffffff'
    }
    if ($value -is [decimal]) {
        $whole = [decimal]::Truncate($value)
        if ($whole -eq $value) { return $whole }
        return $value.ToString($invariant)
    }
    return $value
}

function Get-Row($Reader) {
    $row = @{}
    for ($column = 0; $column -lt $Reader.FieldCount; $column++) {
        $name = $Reader.GetName($column).ToLowerInvariant()
        if ($name -eq '') { $name = 'column_' + ($column + 1) }
        $row.Remove($name)
        if (-not $Reader.IsDBNull($column)) { $row[$name] = Get-Plain $Reader $column }
    }
    return $row
}

function Write-Message($Errors) {
    foreach ($one in $Errors) { [Console]::Out.WriteLine($one.Message.TrimEnd()) }
}

$result = @{}
$phase = 'login'
$connection = New-Object -TypeName System.Data.SqlClient.SqlConnection
try {
    # SqlConnectionStringBuilder quotes values, so that none adds an attribute. The certificate is not checked, for nobody
    # is on the way; a connection out of a pool would keep the name of another attempt.
    $builder = New-Object -TypeName System.Data.SqlClient.SqlConnectionStringBuilder
    $builder['Data Source'] = [string] $Parameters.source
    $builder['Initial Catalog'] = [string] $Parameters.database
    $builder['Integrated Security'] = 'SSPI'
    $builder['Application Name'] = [string] $Parameters.application
    $builder['Encrypt'] = [bool] $Parameters.encrypt
    $builder['TrustServerCertificate'] = $true
    $builder['Pooling'] = $false
    $builder['Connect Timeout'] = 15
    $connection.ConnectionString = $builder.ConnectionString
    # SqlConnection.InfoMessage: messages of severity 10 or less as they arrive, such as the progress of RESTORE.
    $connection.add_InfoMessage({ param($From, $Told) Write-Message $Told.Errors })
    $connection.Open()

    $command = $connection.CreateCommand()
    $command.CommandText = 'SELECT @@SPID, SYSDATETIME(), CAST(SERVERPROPERTY(''ServerName'') AS nvarchar(128))'
    $reader = $command.ExecuteReader()
    [void] $reader.Read()
    $result.spid = $reader.GetValue(0)
    $result.login_time = Get-Instant ($reader.GetValue(1)) 'yyyy-MM-ddTHH:mm:ss.ffffff'
    $result.server = $reader.GetValue(2)
    $reader.Close()

    $command = $connection.CreateCommand()
    $command.CommandText = [string] $Parameters.statement
    $command.CommandTimeout = [int] $Parameters.seconds
    for ($number = 1; $number -le $Parameters.values; $number++) {
        $value = $Parameters.PSObject.Properties["p$number"].Value
        # ConvertFrom-Json makes a decimal of a number with a point, and of one that is too large for bigint.
        if ($value -is [decimal]) { $value = [double] $value }
        [void] $command.Parameters.AddWithValue("@P$number", $value)
    }
    $phase = 'statement'
    $reader = $command.ExecuteReader()
    # Every result set is read to its end: a RESTORE is aborted when one is left unread.
    do {
        if ($reader.FieldCount -gt 0) {
            $row = @{}
            $rows = 0
            while ($reader.Read()) {
                if ($rows -eq 0) { $row = Get-Row $reader }
                $rows++
            }
            $result.rows = $rows
            $result.row = ConvertTo-Json -InputObject $row -Compress
        }
    } while ($reader.NextResult())
    $reader.Close()
}
catch {
    $failure = $_.Exception
    while ($null -ne $failure.InnerException -and $failure -isnot [Data.SqlClient.SqlException]) {
        $failure = $failure.InnerException
    }
    $result.error = $failure.Message
    if ($failure -is [Data.SqlClient.SqlException]) {
        $first = $failure.Errors[0]
        $result.error = $first.Message
        $result.error_number = $first.Number
        $result.error_line = $first.LineNumber
        $result.error_class = ($failure.Errors | Measure-Object -Property Class -Maximum).Maximum
        Write-Message $failure.Errors
    }
    elseif ($phase -eq 'statement') { $phase = 'answer' }
    $result.phase = $phase
    $result.connected = $connection.State -eq [Data.ConnectionState]::Open
}
finally { $connection.Dispose() }
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
if ($result.ContainsKey('error')) { exit 1 }
exit 0
