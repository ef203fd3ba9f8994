using System.Globalization;

namespace Culvert.Tunnel.Agent.Audit;

internal sealed class AuditFolder(string stateDirectory, string file)
{
    private const int SequenceDigits = 12;

    public string Current { get; } = Path.Combine(stateDirectory, file);

    public string Folder => Path.GetDirectoryName(Current)!;

    public string Head => Current + ".head";

    public string Checkpoint => Current + ".checkpoint";

    public string Exported => Current + ".exported";

    public string Key => Path.Combine(Folder, "hash.key");

    private string Stem => Path.GetFileNameWithoutExtension(Current);

    /// <summary>The name of the closed file whose first record has this number.</summary>
    public string Closed(long first) =>
        Path.Combine(
            Folder,
            $"{Stem}.{first.ToString(CultureInfo.InvariantCulture).PadLeft(SequenceDigits, '0')}.jsonl"
        );

    /// <summary>Closed files and their first records, the oldest first.</summary>
    public IReadOnlyList<(long First, string Path)> AllClosed() =>
        Directory.Exists(Folder)
            ?
            [
                .. Directory
                    .EnumerateFiles(Folder, $"{Stem}.*.jsonl")
                    .Select(path => (First: ReadFirstSequence(path), path))
                    .Where(f => f.First > 0)
                    .OrderBy(f => f.First),
            ]
            : [];

    /// <summary>All files with records, the oldest first; the last is the current one.</summary>
    public IEnumerable<string> AllFiles() =>
        AllClosed().Select(closed => closed.Path).Concat(File.Exists(Current) ? [Current] : []);

    /// <summary>Opens a file that the agent may be writing or closing.</summary>
    public static FileStream OpenRead(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private long ReadFirstSequence(string path) =>
        long.TryParse(
            Path.GetFileNameWithoutExtension(path).AsSpan(Stem.Length + 1),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var first
        )
            ? first
            : 0;
}
