using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Logging;

/// <summary>
/// Detects errors that repeat with the same cause. The first is written with its stack, then one line per minute has
/// the count, so that an outage does not fill the disk.
/// </summary>
/// <remarks>Not thread-safe: its owner's lock guards it.</remarks>
internal sealed class RepeatedErrors(TimeProvider time)
{
    /// <summary>One line per cause in this time. After twice this time without the error it counts as new.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>The most causes that are stored; further errors are written in full.</summary>
    public const int MaxCauses = 256;

    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Cause> causes = new(StringComparer.Ordinal);
    private long sweptAt = time.GetTimestamp();

    /// <summary>What to write for an entry: the entry itself, a shorter one with a count, or null: nothing now.</summary>
    public LogLine? Admit(in LogLine line)
    {
        if (line.Exception is not { } exception || line.Level < LogLevel.Warning)
        {
            return line;
        }

        var now = time.GetTimestamp();
        var key = GetKey(line, exception);
        if (!causes.TryGetValue(key, out var cause))
        {
            if (causes.Count < MaxCauses)
            {
                causes.Add(key, new Cause { WrittenAt = now });
            }

            return line;
        }

        var elapsed = time.GetElapsedTime(cause.WrittenAt, now);
        if (elapsed < Period)
        {
            cause.Hidden++;
            cause.Last = line;
            return null;
        }

        var count = cause.Hidden + 1;
        cause.Hidden = 0;
        cause.WrittenAt = now;
        return count == 1 && elapsed >= 2 * Period ? line : line with { Repeated = count };
    }

    /// <summary>The pending counts of causes whose period is over (at the end: of all), so that none is lost.</summary>
    public IReadOnlyList<LogLine> RemoveDue(bool isEnd = false)
    {
        var now = time.GetTimestamp();
        if (!isEnd && time.GetElapsedTime(sweptAt, now) < SweepEvery)
        {
            return [];
        }

        sweptAt = now;
        List<LogLine> due = [];
        foreach (var (key, cause) in causes)
        {
            var elapsed = time.GetElapsedTime(cause.WrittenAt, now);
            if (cause.Hidden > 0 && (isEnd || elapsed >= Period))
            {
                due.Add(cause.Last with { Repeated = cause.Hidden, IsLate = true });
                cause.Hidden = 0;
                cause.WrittenAt = now;
            }
            else if (elapsed >= 2 * Period)
            {
                causes.Remove(key);
            }
        }

        return due;
    }

    // Messages about requests differ by request, so only the exception and its origin identify the cause.
    private static string GetKey(in LogLine line, Exception exception)
    {
        var cause = exception.GetBaseException();
        var stack = cause.StackTrace ?? "";
        var end = stack.IndexOf('\n', StringComparison.Ordinal);
        return string.Join(
            '\n',
            line.Category,
            line.Event.Id,
            LogContext.RequestId is null ? line.Message : "",
            cause.GetType(),
            cause.Message,
            end < 0 ? stack : stack[..end]
        );
    }

    private sealed class Cause
    {
        public long WrittenAt { get; set; }

        /// <summary>How often the error occurred since the last line.</summary>
        public int Hidden { get; set; }

        public LogLine Last { get; set; }
    }
}
