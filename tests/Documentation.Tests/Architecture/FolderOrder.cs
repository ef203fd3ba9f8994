namespace Culvert.Documentation.Tests.Architecture;

/// <summary>
/// The order of the folders of a project, or of the folders within one of these, as <c>docs/architecture.md</c> draws it: a
/// folder may use what is below it. Folders on one line do not use each other. Files outside of the folders are above all
/// in a project; within a folder they are common to its folders.
/// </summary>
internal sealed class FolderOrder
{
    private const string Fence = "```";
    private const string Start = Fence + "layers ";

    private readonly Dictionary<string, int> ranks;

    private FolderOrder(string path, IEnumerable<string[]> lines)
    {
        Path = path;
        ranks = lines
            .SelectMany((folders, rank) => folders.Select(folder => (folder, rank)))
            .ToDictionary(pair => pair.folder, pair => pair.rank, StringComparer.Ordinal);
    }

    /// <summary>The folder that the order divides, relative to <c>src</c>.</summary>
    public string Path { get; }

    public string Project => Path.Split('/')[0];

    private bool IsNested => Path.Contains('/', StringComparison.Ordinal);

    public IReadOnlyCollection<string> Folders => ranks.Keys;

    /// <summary>Every block of the page; the first line of a block is its path, the highest folder comes first.</summary>
    public static IReadOnlyList<FolderOrder> ReadAll(string page)
    {
        var orders = new List<FolderOrder>();
        var lines = page.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith(Start, StringComparison.Ordinal))
            {
                var block = lines.Skip(i + 1).TakeWhile(line => !line.StartsWith(Fence, StringComparison.Ordinal));
                orders.Add(new FolderOrder(lines[i][Start.Length..].Trim(), block.Select(NamesOf)));
            }
        }

        return orders;
    }

    /// <summary>Whether files of a folder may use a type of another.</summary>
    /// <param name="from">The folder that imports; empty = outside of the folders.</param>
    /// <param name="to">The folder that is imported.</param>
    public bool IsAllowed(string from, string to) =>
        from == to || from.Length == 0 || (to.Length == 0 ? IsNested : ranks[from] < ranks[to]);

    private static string[] NamesOf(string line) =>
        line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
