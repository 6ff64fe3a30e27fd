# Counts events of the log "Operations Manager" by provider and id, never by text. `bad` and `good` are lists `provider/id`, joined by blanks
# in the order of the pairs; a blank in a provider's name is written as a plus sign.
param([string] $Token, $Parameters)

$since = [DateTime]::UtcNow.AddMinutes(-[double] $Parameters.minutes)
$result = @{ bad = 0; good = 0 }
foreach ($kind in 'bad', 'good') {
    foreach ($pair in @($Parameters.$kind -split ' ')) {
        $provider, $id = $pair -split '/'
        $filter = @{ LogName = 'Operations Manager'; ProviderName = $provider.Replace('+', ' '); Id = [int] $id; StartTime = $since }
        $found = @(Get-WinEvent -FilterHashtable $filter -ErrorAction SilentlyContinue)
        if ($found.Count -gt 0) {
            [Console]::Out.WriteLine($kind + ': ' + $filter.ProviderName + ' ' + $id + ', ' + $found.Count + ' times')
            $result.$kind = $result.$kind + $found.Count
        }
    }
}
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
