namespace Culvert.Identity.Service.Storage;

/// <summary>A short list in one column: entries without spaces (ranges, names, scopes), separated by spaces.</summary>
internal static class TextList
{
    public static string Join(IReadOnlyList<string> values) =>
        values.All(value => value.Length > 0 && !value.Contains(' ', StringComparison.Ordinal))
            ? string.Join(' ', values)
            : throw new ArgumentException("An entry is empty or contains a space.", nameof(values));

    public static IReadOnlyList<string> Split(string column) => column.Length == 0 ? [] : column.Split(' ');
}
