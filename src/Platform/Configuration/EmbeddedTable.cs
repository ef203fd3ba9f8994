using System.Reflection;

namespace Culvert.Platform.Configuration;

/// <summary>
/// A table in a resource of an assembly: one row per line, cells separated by tabs, no cell empty. Empty lines and
/// lines that begin with <c>#</c> are skipped.
/// </summary>
public static class EmbeddedTable
{
    /// <exception cref="FormatException">A row has another number of cells, or an empty cell.</exception>
    public static IReadOnlyList<string[]> Read(Assembly owner, string resource, int columns)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return Parse(ReadText(owner, resource), columns);
    }

    /// <exception cref="FormatException">A row has another number of cells, or an empty cell.</exception>
    public static IReadOnlyList<string[]> Parse(string table, int columns)
    {
        ArgumentNullException.ThrowIfNull(table);
        var rows = table
            .Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('\t'))
            .ToList();
        return rows.Find(row => row.Length != columns || row.Any(string.IsNullOrWhiteSpace)) is { } bad
            ? throw new FormatException($"This row does not have {columns} cells with text: {string.Join(" | ", bad)}")
            : rows;
    }

    internal static string ReadText(Assembly owner, string resource)
    {
        using var stream =
            owner.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"{owner.GetName().Name} has no {resource}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
