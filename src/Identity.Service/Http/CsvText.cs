using System.Globalization;
using System.Text;

namespace Culvert.Identity.Service.Http;

/// <summary>Rows of CSV exports, as RFC 4180 has them.</summary>
internal static class CsvText
{
    public static void AppendRow(StringBuilder text, params IReadOnlyList<string?> fields) =>
        text.AppendJoin(',', fields.Select(Quote)).Append("\r\n");

    public static string? ToText(DateTime? time) =>
        time?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // A spreadsheet would run a field that begins like a formula: a text that a user wrote gets an apostrophe first.
    private static string Quote(string? field) =>
        field is null or "" ? ""
        : "=+-@".Contains(field[0], StringComparison.Ordinal) ? Quote("'" + field)
        : field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : field;
}
