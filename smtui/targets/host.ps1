# The PowerShell host of one server: it lives as long as smtui works there, and gives each script a PowerShell of its own
# that was started ahead. So nothing of one script is left for the next, and `exit` ends no more than the script: in a
# script block it would end this process (about_Language_Keywords), and a runspace passes it to its host, which ends
# (PSHost.SetShouldExit).
#
# Lines in:  -EncodedCommand of the children, then `run FRAME LENGTH DATA` or `ask FRAME`. DATA is what bootstrap.ps1 reads.
# Lines out: `smtui-ready`; FRAME, then `begin`, `error BASE64` (standard error), `end CODE` around the script's output;
#            `again CODE BASE64` (the last part of its output), `never` or `over` as answers; `smtui-torn`.
#
# A frame runs at most once however often it arrives, so lines may be sent again. Whoever asks for a frame that did not
# arrive bars it, so that it cannot begin afterwards.
param([IO.StreamReader] $Reader)

$ascii = [Text.Encoding]::ASCII
$out = [Console]::OpenStandardOutput()
$held = New-Object -TypeName System.IO.MemoryStream
$tail = New-Object -TypeName System.IO.MemoryStream
$ready = New-Object -TypeName System.Collections.Queue
$seen = @{}
$last = @{ frame = ''; answer = '' }
$room = 32768
$most = 65536

function Add-Line([string] $Line) {
    # It may begin anywhere in a line of output; FRAME, which nobody can guess, says where.
    $bytes = $ascii.GetBytes("$Line`n")
    $held.Write($bytes, 0, $bytes.Length)
}

function Send-Held {
    $held.WriteTo($out)
    $out.Flush()
    $held.SetLength(0)
}

function Start-Child {
    $start = New-Object -TypeName System.Diagnostics.ProcessStartInfo
    $start.FileName = Join-Path -Path $PSHOME -ChildPath 'powershell.exe'
    $start.Arguments = '-NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand ' + $command
    $start.UseShellExecute = $false
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $ready.Enqueue([Diagnostics.Process]::Start($start))
}

function Add-Tail([byte[]] $Bytes, [int] $Count) {
    if ($tail.Length + $Count -gt $most) {
        $kept = $tail.ToArray()
        $from = [Math]::Min($kept.Length, $room)
        $tail.SetLength(0)
        $tail.Write($kept, $kept.Length - $from, $from)
    }
    $tail.Write($Bytes, 0, $Count)
}

function Copy-Output($Child, [string] $Frame) {
    # Holds output back for up to 50 ms, so that a short script's comes in one piece with its end.
    $streams = @($Child.StandardOutput.BaseStream, $Child.StandardError.BaseStream)
    $buffers = @((New-Object -TypeName byte[] -ArgumentList $room), (New-Object -TypeName byte[] -ArgumentList $room))
    $reads = @($streams[0].ReadAsync($buffers[0], 0, $room), $streams[1].ReadAsync($buffers[1], 0, $room))
    $open = @(0, 1)
    while ($open.Count -gt 0) {
        $tasks = [Threading.Tasks.Task[]] @($open | ForEach-Object { $reads[$_] })
        $index = [Threading.Tasks.Task]::WaitAny($tasks, 50)
        if ($index -lt 0) {
            # Something that the script left running may hold its pipes open for ever.
            if ($Child.HasExited -and $held.Length -eq 0) { break }
            Send-Held
            continue
        }
        $stream = $open[$index]
        $count = $reads[$stream].Result
        if ($count -eq 0) {
            $open = @($open | Where-Object { $_ -ne $stream })
            continue
        }
        if ($stream -eq 1) {
            Add-Line ($Frame + ' error ' + [Convert]::ToBase64String($buffers[1], 0, $count))
        }
        else {
            $held.Write($buffers[0], 0, $count)
            Add-Tail $buffers[0] $count
        }
        if ($held.Length -gt $most) { Send-Held }
        $reads[$stream] = $streams[$stream].ReadAsync($buffers[$stream], 0, $room)
    }
}

function Invoke-Frame([string] $Frame, [string] $Data) {
    try {
        while ($ready.Count -gt 0 -and $ready.Peek().HasExited) { $ready.Dequeue().Dispose() }
        if ($ready.Count -eq 0) { Start-Child }
    }
    catch {
        # No process was to be had: nothing began, and the frame is barred.
        Add-Line "$Frame never"
        return
    }
    $child = $ready.Dequeue()
    Add-Line "$Frame begin"
    $tail.SetLength(0)
    $bytes = $ascii.GetBytes($Data)
    try {
        # Not by the StreamWriter, which may begin with a byte order mark.
        $child.StandardInput.BaseStream.Write($bytes, 0, $bytes.Length)
        $child.StandardInput.BaseStream.Close()
    }
    catch {
        Add-Line ($Frame + ' error ' + [Convert]::ToBase64String($ascii.GetBytes("PowerShell ended before it read the script`n")))
    }
    try { Start-Child } catch { }  # the next frame tries again
    Copy-Output $child $Frame
    $child.WaitForExit()
    $last.frame = $Frame
    $last.answer = [string] $child.ExitCode + ' ' + [Convert]::ToBase64String($tail.ToArray())
    Add-Line "$Frame end $($child.ExitCode)"
    $child.Dispose()
}

$command = $Reader.ReadLine()
Start-Child
Start-Child
Add-Line 'smtui-ready'
Send-Held
while ($null -ne ($line = $Reader.ReadLine())) {
    $word = $line.Split(' ')
    $runs = $word.Count -eq 4 -and $word[0] -ceq 'run' -and $word[2] -ceq [string] $word[3].Length
    $asks = $word.Count -eq 2 -and $word[0] -ceq 'ask'
    if (-not ($runs -or $asks)) {
        # A frame that arrived in part, or a piece of one that arrived late.
        if ($line -ne '') { Add-Line 'smtui-torn' }
    }
    elseif (-not $seen.ContainsKey($word[1])) {
        $seen[$word[1]] = $true
        if ($runs) { Invoke-Frame $word[1] $word[3] } else { Add-Line "$($word[1]) never" }
    }
    elseif ($last.frame -ceq $word[1]) { Add-Line "$($word[1]) again $($last.answer)" }
    else { Add-Line "$($word[1]) over" }
    Send-Held
}
