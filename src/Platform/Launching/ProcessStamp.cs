using System.Globalization;

namespace Culvert.Platform.Launching;

/// <summary>
/// A process's id and start time in clock ticks since boot (field 22 of <c>/proc/PID/stat</c>), because ids are reused.
/// No signal is sent unless both still match.
/// </summary>
public sealed record ProcessStamp(string Name, int Pid, long StartTicks)
{
    public bool IsAlive =>
        TryReadStart(Pid, out var state, out var start)
        && start == StartTicks
        && state is not 'X'
        && (state is not 'Z' || HasThreads(Pid));

    public static ProcessStamp Read(string name, int pid) =>
        new(name, pid, TryReadStart(pid, out _, out var start) ? start : 0);

    // The first thread may have exited before the others: while one thread is left, its ports are in use.
    private static bool HasThreads(int pid)
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{pid}/task").Skip(1).Any();
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool TryReadStart(int pid, out char state, out long startTicks)
    {
        state = 'X';
        startTicks = 0;
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{pid}/stat");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        // The command name is in parentheses and may contain any character, so fields are counted after the last
        // parenthesis, from field 3 (state): field 22 has index 19.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        state = fields[0][0];
        startTicks = long.Parse(fields[19], CultureInfo.InvariantCulture);
        return true;
    }
}
