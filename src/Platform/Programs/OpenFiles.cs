using System.Globalization;

namespace Culvert.Platform.Programs;

/// <summary>The number of file descriptors that the process may open (RLIMIT_NOFILE, the soft limit).</summary>
public static class OpenFiles
{
    private const string Row = "Max open files";

    /// <summary>Null where <c>/proc</c> does not show it.</summary>
    public static long? Limit
    {
        get
        {
            try
            {
                var row = File.ReadLines("/proc/self/limits")
                    .FirstOrDefault(line => line.StartsWith(Row, StringComparison.Ordinal));
                var soft = row?[Row.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
                return soft == "unlimited" ? long.MaxValue
                    : long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit
                    : null;
            }
            catch (IOException)
            {
                return null;
            }
        }
    }
}
