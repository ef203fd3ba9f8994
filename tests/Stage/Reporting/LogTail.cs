using System.Text;

namespace Culvert.Stage.Reporting;

internal static class LogTail
{
    /// <summary>Enough for twenty long lines; logs may be large.</summary>
    private const int WindowBytes = 64 * 1024;

    /// <summary>The last lines of a file that may be missing and may be written to at this moment, without control characters.</summary>
    public static IReadOnlyList<string> Read(string file, int lines)
    {
        if (!File.Exists(file))
        {
            return [];
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var partial = stream.Length > WindowBytes;
        if (partial)
        {
            stream.Seek(-WindowBytes, SeekOrigin.End);
        }

        using var reader = new StreamReader(stream, Encoding.UTF8);
        var all = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. all.Skip(partial ? 1 : 0).TakeLast(lines).Select(Printable)];
    }

    public static string Printable(string line) => new([.. line.Where(c => c == '\t' || !char.IsControl(c))]);
}
