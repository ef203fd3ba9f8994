using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Storage.Sealing;

/// <summary>Stored secrets were sealed again with another version of the key.</summary>
/// <param name="Writing">The version that seals from now on.</param>
/// <param name="InUse">
/// The versions that values are sealed with afterwards; empty = the run stopped before it counted them.
/// </param>
/// <param name="Error">Why the run stopped early; null = it completed.</param>
internal sealed record SealsRotated(
    uint? Writing,
    IReadOnlyList<uint> InUse,
    IReadOnlyList<SealProgress> Columns,
    string? Error
) : AuditEvent
{
    public override string Name => AuditEvents.SealsRotated;

    protected override void WriteData(Utf8JsonWriter json)
    {
        if (Writing is { } version)
        {
            json.WriteNumber("writing_version", version);
        }
        else
        {
            json.WriteNull("writing_version");
        }

        json.WriteStartArray("versions_in_use");
        foreach (var used in InUse)
        {
            json.WriteNumberValue(used);
        }

        json.WriteEndArray();
        json.WriteStartObject("sealed_anew");
        foreach (var column in Columns)
        {
            json.WriteNumber(column.Column.ToString(), column.Resealed);
        }

        json.WriteEndObject();
        json.WriteString("fault", Error);
    }
}
