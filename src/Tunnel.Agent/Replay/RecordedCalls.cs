using Culvert.Tunnel.Agent.Audit;

namespace Culvert.Tunnel.Agent.Replay;

/// <summary>Reads calls from the agent's record or from an operator's files.</summary>
internal static class RecordedCalls
{
    /// <summary>The calls since <paramref name="since"/>, the oldest first, without malformed lines.</summary>
    public static IEnumerable<RecordedCall> Read(AuditFolder folder, DateTimeOffset since)
    {
        foreach (var file in folder.AllFiles().Where(file => File.GetLastWriteTimeUtc(file) >= since.UtcDateTime))
        {
            foreach (var line in ReadLines(file))
            {
                if (RecordedCall.TryRead(line, out var call) is null && call is not null && call.Time >= since)
                {
                    yield return call;
                }
            }
        }
    }

    /// <exception cref="InvalidDataException">A line is not a call; the message names file and line.</exception>
    public static IEnumerable<(int Line, RecordedCall Call)> ReadFile(string path)
    {
        var number = 0;
        foreach (var line in ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || line.StartsWith('#'))
            {
                continue;
            }

            if (RecordedCall.TryRead(line, out var call) is { } error)
            {
                throw new InvalidDataException($"{path}:{number}: {error}");
            }

            if (call is not null)
            {
                yield return (number, call);
            }
        }
    }

    private static IEnumerable<string> ReadLines(string path)
    {
        using var reader = new StreamReader(AuditFolder.OpenRead(path));
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
