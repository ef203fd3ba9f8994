using System.Globalization;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Audit.Export;

internal static class RecordMembers
{
    /// <summary>Empty when the record does not have the member, or it is not a string.</summary>
    public static string Text(this JsonElement record, string name) =>
        record.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String
            ? member.GetString()!
            : "";

    /// <summary>Null when the record does not have the member, or it is not a number.</summary>
    public static double? Number(this JsonElement record, string name) =>
        record.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Number
            ? member.GetDouble()
            : null;

    public static DateTimeOffset Time(this JsonElement record) =>
        DateTimeOffset.TryParse(
            record.Text("time"),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
            : DateTimeOffset.UnixEpoch;
}
