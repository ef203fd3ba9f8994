using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

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
        json.WriteString("preset", Issuer.Preset);
        json.WriteString("tenancy", WireNames.Of(Issuer.Tenancy));
        json.WriteString("replay_mode", WireNames.Of(Issuer.ReplayMode));
        json.WriteNumber("replay_window_seconds", Issuer.ReplayWindowSeconds);
        WriteList(json, "algorithms", AlgorithmNames.Of(Issuer.Algorithms));
        WriteList(json, "types", Issuer.Types);
        json.WriteBoolean("single_audience", Issuer.SingleAudience);
        json.WriteBoolean("allow_missing_kid", Issuer.AllowMissingKid);
        json.WriteBoolean("allow_non_ascii", Issuer.AllowNonAscii);
        json.WriteString("caller_detail", WireNames.Of(Issuer.CallerDetail));
        WriteOptional(json, "stale_ok_seconds", Issuer.StaleOkSeconds);
        WriteOptional(json, "hard_expiry_seconds", Issuer.HardExpirySeconds);
        json.WriteNumber("max_jwt_lifetime_seconds", Issuer.MaxJwtLifetimeSeconds);
        WriteList(json, "allowed_targets", Issuer.AllowedTargets.Select(target => target.ToString()));
        json.WriteNumber("version", Issuer.Version);
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
