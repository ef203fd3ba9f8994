namespace Culvert.Documentation.Tests.Field;

/// <summary>A table of <c>tests/Field</c>: one row a line, its cells apart by tabs, names of the columns first.</summary>
internal static class FieldTable
{
    /// <param name="name">Of the file.</param>
    /// <param name="columns">Its first line.</param>
    /// <returns>The rows; empty lines only separate sections.</returns>
    public static IReadOnlyList<string[]> Read(string name, params string[] columns)
    {
        var lines = File.ReadAllLines(Repository.PathOf($"tests/Field/{name}")).Where(line => line.Length > 0).ToList();
        if (lines is not [var first, ..] || first != string.Join('\t', columns))
        {
            throw new InvalidDataException($"{name}: its first line is not the columns {string.Join(", ", columns)}.");
        }

        var rows = lines.Skip(1).Select(line => line.Split('\t')).ToList();
        return rows.Find(row => row.Length != columns.Length) is { } odd
            ? throw new InvalidDataException($"{name}: {string.Join(" | ", odd)}: not {columns.Length} cells.")
            : rows;
    }
}
