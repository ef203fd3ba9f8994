using System.Globalization;
using System.Text;

namespace Culvert.Identity.Service.Http;

internal static class CsvText
{
    public static void AppendRow(StringBuilder text, params IReadOnlyList<string?> fields) =>
        text.AppendJoin(',', fields.Select(Quote)).Append("\r\n");

    public static string? ToText(DateTime? time) =>
        time?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // Spreadsheets run fields that begin like a formula: such a text gets a leading apostrophe.
    private static string Quote(string? field) =>
        field is null or "" ? ""
        : "=+-@".Contains(field[0], StringComparison.Ordinal) ? Quote("'" + field)
        : field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : field;
}
