using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>A caller had an issuer's keys fetched as a dry run. The issuer need not be saved.</summary>
internal sealed record IssuerVerified(Issuer Issuer, VerificationDocument Result) : AuditEvent
{
    public override string Name => AuditEvents.IssuerVerified;

    protected override void WriteData(Utf8JsonWriter json)
    {
        WriteOptional(json, "issuer_id", Result.IssuerId);
        json.WriteString("issuer_url", Issuer.Url);
        json.WriteBoolean("accepted", Result.Accepted);
        WriteOptional(json, "error_code", Result.ErrorCode);
        json.WriteStartArray("urls");
        foreach (var fetch in Result.Fetches)
        {
            json.WriteStringValue(fetch.Url);
        }

        json.WriteEndArray();
    }
}
