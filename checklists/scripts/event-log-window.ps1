# What the event logs of this server hold of a window of time (`start` to `end`, UTC): every critical event, error and warning, and the events that
# `also` names as `provider/id`, joined by blanks (a blank in a provider's name is written as a plus sign). By level, provider and id, never by text:
# messages are copied in the server's language. A line for each event, the oldest first; where a log has more than `most`, the newest of them. Reads only.
# Fields: listed, more_than_listed (logs that hold more), begins_later (logs that begin within the window), not_there, unreadable, clock (UTC).
# Reference: learn.microsoft.com, Get-WinEvent.
param([string] $Token, $Parameters)

$culture = [Globalization.CultureInfo]::InvariantCulture
$start = [DateTime]::Parse($Parameters.start, $culture, [Globalization.DateTimeStyles]::RoundtripKind)
$end = [DateTime]::Parse($Parameters.end, $culture, [Globalization.DateTimeStyles]::RoundtripKind)
$most = [int] $Parameters.most
$levels = @{ 1 = 'Critical'; 2 = 'Error'; 3 = 'Warning' }
$more = @(); $late = @(); $absent = @(); $unreadable = @()
$listed = 0
foreach ($log in 'System', 'Application', 'Operations Manager') {
    $filters = @(@{ LogName = $log; Level = 1, 2, 3; StartTime = $start; EndTime = $end })
    foreach ($pair in @($Parameters.also -split ' ' -ne '')) {
        $provider, $id = $pair -split '/'
        $filters += @{ LogName = $log; ProviderName = $provider.Replace('+', ' '); Id = [int] $id; Level = 0, 4; StartTime = $start; EndTime = $end }
    }
    $found = @{}
    $why = ''
    foreach ($filter in $filters) {
        try {
            foreach ($one in @(Get-WinEvent -FilterHashtable $filter -MaxEvents ($most + 1) -ErrorAction Stop)) { $found[$one.RecordId] = $one }
        }
        catch {
            $code = ($_.FullyQualifiedErrorId -split ',')[0]
            if ($code -ne 'NoMatchingEventsFound' -and $code -ne 'NoMatchingProvidersFound') { $why = $code; break }
        }
    }
    if ($why -eq 'NoMatchingLogsFound') { $absent += $log; continue }
    if ($why -ne '') { $unreadable += ($log + ' (' + $why + ')'); continue }
    $sorted = @($found.Values | Sort-Object -Property TimeCreated, RecordId)
    if ($sorted.Count -gt $most) { $more += $log; $sorted = @($sorted[($sorted.Count - $most)..($sorted.Count - 1)]) }
    $first = @(Get-WinEvent -LogName $log -Oldest -MaxEvents 1 -ErrorAction SilentlyContinue)
    if ($first.Count -gt 0 -and $first[0].TimeCreated.ToUniversalTime() -gt $start.ToUniversalTime()) { $late += $log }
    foreach ($one in $sorted) {
        $level = $levels[[int] $one.Level]
        if ($null -eq $level) { $level = 'Information' }
        $text = ([string] $one.Message) -replace '\s+', ' '
        if ($text.Length -gt 400) { $text = $text.Substring(0, 400) + '...' }
        $at = $one.TimeCreated.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", $culture)
        [Console]::Out.WriteLine($at + ' ' + $log + ' ' + $level + ' ' + $one.ProviderName + ' ' + $one.Id + ', record ' + $one.RecordId + ': ' + $text)
        $listed = $listed + 1
    }
}
$result = @{
    listed = $listed; more_than_listed = $more -join ', '; begins_later = $late -join ', '; not_there = $absent -join ', '
    unreadable = $unreadable -join ', '; clock = [DateTime]::UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", $culture)
}
[Console]::Out.WriteLine('smtui-result ' + $Token + ' ' + (ConvertTo-Json -InputObject $result -Compress))
exit 0
