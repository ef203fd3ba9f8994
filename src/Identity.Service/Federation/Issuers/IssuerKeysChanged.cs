using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Federation.Issuers;

internal sealed record IssuerKeysChanged(IssuerId Issuer, KeyChange Change) : AuditEvent
{
    public override string Name => AuditEvents.IssuerKeysChanged;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("issuer_id", Issuer.Value);
        Write(json, "added", Change.Added);
        Write(json, "removed", Change.Removed);
        Write(json, "replaced", Change.Replaced);
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<VerificationKey> keys)
    {
        json.WriteStartArray(name);
        foreach (var key in keys)
        {
            json.WriteStartObject();
            WriteOptional(json, "kid", key.KeyId);
            json.WriteString("thumbprint", key.Thumbprint);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
