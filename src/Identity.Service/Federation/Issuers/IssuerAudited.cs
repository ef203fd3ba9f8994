using System.Text.Json;
using Culvert.Identity.Service.Audit;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>An issuer was created, updated or archived: its state afterwards.</summary>
internal sealed record IssuerAudited(string Event, Issuer Issuer) : AuditEvent
{
    public override string Name => Event;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("issuer_id", Issuer.Id.Value);
        json.WriteString("name", Issuer.Name);
        json.WriteString("issuer_url", Issuer.Url);
        json.WritePropertyName("jwks");
        json.WriteRawValue(Issuer.KeySource.ToJson());
        json.WriteBoolean("check_jti", Issuer.CheckJti);
        json.WriteNumber("max_jwt_lifetime_seconds", Issuer.MaxJwtLifetimeSeconds);
        json.WriteStartArray("allowed_targets");
        foreach (var target in Issuer.AllowedTargets)
        {
            json.WriteStringValue(target.ToString());
        }

        json.WriteEndArray();
        json.WriteNumber("version", Issuer.Version);
    }
}
