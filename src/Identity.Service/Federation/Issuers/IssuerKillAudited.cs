using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.Issuers;

internal sealed record IssuerKillAudited(
    string Event,
    IssuerId Issuer,
    KillOrder Order,
    IReadOnlyList<string> Thumbprints
) : AuditEvent
{
    public override string Name => Event;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("issuer_id", Issuer.Value);
        json.WriteString("kind", WireNames.Of(Order.Kind));
        WriteOptional(json, "kid", Order.Kind == KillKind.Kid ? Order.Value : null);
        json.WriteStartArray("thumbprints");
        foreach (var thumbprint in Thumbprints)
        {
            json.WriteStringValue(thumbprint);
        }

        json.WriteEndArray();
        json.WriteString("reason", Order.Reason);
    }
}
