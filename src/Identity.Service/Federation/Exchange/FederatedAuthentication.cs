using System.Text.Json;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Tokens.Binding;

namespace Culvert.Identity.Service.Federation.Exchange;

/// <summary>
/// An exchange that was granted, or denied after its signature was proved. A granted one carries the replay key in
/// its row, so that the record of the grant and the mark of single use cannot part.
/// </summary>
internal sealed record FederatedAuthentication : AuditEvent
{
    public override string Name => AuditEvents.FederatedAuthentication;

    public required string RuleId { get; init; }

    public required int RuleVersion { get; init; }

    public required string IssuerId { get; init; }

    public required string ServiceAccountId { get; init; }

    public string? RequestedServiceAccountId { get; init; }

    /// <summary>The verified claims, as the issuer wrote them.</summary>
    public required ReadOnlyMemory<byte> ClaimsJson { get; init; }

    public string? AssertionId { get; init; }

    /// <summary>What was granted; null = denied.</summary>
    public Grant? Grant { get; init; }

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("federation_rule_id", RuleId);
        json.WriteNumber("rule_ver", RuleVersion);
        json.WriteString("issuer_id", IssuerId);
        json.WriteString("service_account_id", ServiceAccountId);
        WriteOptional(json, "requested_service_account_id", RequestedServiceAccountId);
        json.WriteStartObject("oidc_token");
        WriteOptional(json, "jti", AssertionId);
        json.WritePropertyName("claims");
        // Checked when the token was parsed: one JSON object without duplicate names, at most 12 KiB.
        json.WriteRawValue(ClaimsJson.Span, skipInputValidation: true);
        json.WriteEndObject();
        if (Grant is { } grant)
        {
            json.WriteString("token_id", grant.TokenId);
            json.WriteString("workspace_id", grant.WorkspaceId);
            json.WriteString("scope", grant.Scope);
            json.WriteNumber("token_expires_at", At.ToUnixTimeSeconds() + grant.LifetimeSeconds);
            json.WriteString("audience", grant.Audience);
            json.WriteString("family", grant.Family);
            WriteBinding(json, grant.Binding);
            WriteActors(json, grant.Actor);
        }
    }

    // As the token's cnf has it.
    private static void WriteBinding(Utf8JsonWriter json, TokenBinding binding)
    {
        json.WritePropertyName("cnf");
        if (!binding.IsBound)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteString(binding.Kind == BindingKind.Dpop ? "jkt" : "x5t#S256", binding.Thumbprint);
        json.WriteEndObject();
    }

    // The present actor first.
    private static void WriteActors(Utf8JsonWriter json, ActorLink? actor)
    {
        json.WriteStartArray("actors");
        for (; actor is not null; actor = actor.Before)
        {
            json.WriteStringValue(actor.Subject);
        }

        json.WriteEndArray();
    }
}
