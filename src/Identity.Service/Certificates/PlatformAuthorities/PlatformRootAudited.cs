using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>A state change of a root of the platform CA, with the root and the epoch after it.</summary>
internal sealed record PlatformRootAudited(string EventName, PlatformAuthority Root, long Epoch) : AuditEvent
{
    public override string Name => EventName;

    public string? Reason { get; init; }

    public PlatformLink? Link { get; init; }

    /// <summary>The holders that had not acknowledged when an override activated it.</summary>
    public IReadOnlyList<string> Overridden { get; init; } = [];

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("authority_id", Root.Id.Value);
        json.WriteString("state", WireNames.Of(Root.State));
        json.WriteString("serial", Root.Certificate.SerialNumberHex);
        json.WriteString("fingerprint", Root.Certificate.Fingerprint);
        json.WriteString("not_after", Root.Certificate.NotAfter.UtcDateTime);
        json.WriteNumber("epoch", Epoch);
        json.WriteString("reason", Reason);
        json.WriteString("link_serial", Link?.Certificate.SerialNumberHex);
        json.WriteStartArray("overridden");
        foreach (var id in Overridden)
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
    }
}
