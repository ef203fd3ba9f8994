using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tokens.Revocations;

internal sealed record TokenRevoked(TokenRevocation Revocation) : AuditEvent
{
    public override string Name => AuditEvents.TokenRevoked;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("kind", Revocation.Kind.Name());
        json.WriteString("value", Revocation.Value);
        if (Revocation.Kind.KnowsTime())
        {
            json.WriteString(
                "issued_before",
                UtcTimeConverter.Format(DateTimeOffset.FromUnixTimeSeconds(Revocation.IssuedBefore))
            );
        }

        json.WriteString("reason", Revocation.Reason);
        json.WriteString("ends_at", UtcTimeConverter.Format(Revocation.EndsAt));
    }
}
