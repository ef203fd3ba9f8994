using System.Globalization;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>Searches everything that a process could write its secrets to: all of its readable, private memory.</summary>
internal static class ProcessMemory
{
    private const int WindowBytes = 4 * 1024 * 1024;

    /// <returns>How many places hold one of the patterns; a place at the seam of two windows may count twice.</returns>
    public static int Count(int pid, params ReadOnlySpan<byte[]> patterns)
    {
        var overlap = 0;
        foreach (var pattern in patterns)
        {
            overlap = Math.Max(overlap, pattern.Length - 1);
        }

        var found = 0;
        var window = new byte[WindowBytes];
        using var memory = new FileStream($"/proc/{pid}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
        foreach (var (start, end) in ReadableRanges(pid))
        {
            for (var position = start; position < end; )
            {
                var wanted = (int)Math.Min(window.Length, end - position);
                var count = ReadAt(memory, position, window.AsSpan(0, wanted));
                foreach (var pattern in patterns)
                {
                    found += window.AsSpan(0, count).Count(pattern);
                }

                if (count < wanted || position + count == end)
                {
                    break;
                }

                position += count - overlap;
            }
        }

        return found;
    }

    private static IEnumerable<(long Start, long End)> ReadableRanges(int pid)
    {
        foreach (var line in File.ReadLines($"/proc/{pid}/maps"))
        {
            // start-end perms offset dev inode path; the kernel's own pages cannot be read.
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (
                fields[1][0] != 'r'
                || line.Contains("[vvar", StringComparison.Ordinal)
                || line.Contains("[vsyscall", StringComparison.Ordinal)
            )
            {
                continue;
            }

            var range = fields[0].Split('-');
            yield return (
                long.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            );
        }
    }

    private static int ReadAt(FileStream memory, long position, Span<byte> into)
    {
        var total = 0;
        try
        {
            while (
                total < into.Length
                && RandomAccess.Read(memory.SafeFileHandle, into[total..], position + total) is var n and > 0
            )
            {
                total += n;
            }
        }
        catch (IOException)
        {
            // The range was unmapped meanwhile, or is reserved without being backed.
        }

        return total;
    }
}
