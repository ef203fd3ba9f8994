using System.Globalization;

namespace Culvert.Stage.Ports;

/// <summary>Says which process listens on a port, from <c>/proc</c> alone.</summary>
internal static class PortHolder
{
    private const string Listening = "0A"; // TCP_LISTEN in /proc/net/tcp

    public static string Describe(int port)
    {
        var sockets = SocketInodes(port).Select(inode => $"socket:[{inode}]").ToHashSet(StringComparer.Ordinal);
        foreach (
            var folder in Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0]))
        )
        {
            if (Holds(folder, sockets))
            {
                return $"{CommandName(folder)} (pid {Path.GetFileName(folder)})";
            }
        }

        return "a process of another user";
    }

    private static IEnumerable<string> SocketInodes(int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var table in new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists))
        {
            foreach (var line in File.ReadLines(table).Skip(1))
            {
                // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields[1].EndsWith(suffix, StringComparison.Ordinal) && fields[3] == Listening)
                {
                    yield return fields[9];
                }
            }
        }
    }

    private static bool Holds(string processFolder, HashSet<string> sockets)
    {
        try
        {
            return Directory
                .EnumerateFileSystemEntries(Path.Combine(processFolder, "fd"))
                .Any(fd => new FileInfo(fd).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it ended meanwhile, or it is not ours to look into
        }
    }

    private static string CommandName(string processFolder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(processFolder, "comm")).Trim();
        }
        catch (IOException)
        {
            return "?";
        }
    }
}
