using System.Text.Json;

namespace Culvert.Identity.Service.Audit.Export;

/// <summary>
/// An entry as one line of JSON: a summary for readers, then the members of <c>/v1/audit/export</c>, which <c>culvert audit
/// verify</c> reads. ASCII only: other characters are escaped.
/// </summary>
internal static class AuditLine
{
    public static void Write(Stream to, ExportedEntry exported)
    {
        using var json = new Utf8JsonWriter(to);
        json.WriteStartObject();
        json.WriteString("time", exported.At.UtcDateTime);
        json.WriteString("event", exported.Event);
        json.WriteString("organization_id", exported.OrganizationId);
        AuditExport.WriteChained(json, exported.Entry, withBody: true);
        json.WriteEndObject();
    }

    public static byte[] Format(ExportedEntry exported)
    {
        using var line = new MemoryStream();
        Write(line, exported);
        return line.ToArray();
    }
}
