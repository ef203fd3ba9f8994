using System.Text.Json;
using Culvert.Identity.Service.Audit;

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

    /// <summary>Granted: the access token's <c>jti</c>.</summary>
    public string? TokenId { get; init; }

    public string? WorkspaceId { get; init; }

    public string? Scope { get; init; }

    /// <summary>Granted: when the access token ends, seconds since 1970.</summary>
    public long? TokenExpiresAt { get; init; }

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
        if (TokenId is not null)
        {
            json.WriteString("token_id", TokenId);
            WriteOptional(json, "workspace_id", WorkspaceId);
            json.WriteString("scope", Scope);
            json.WriteNumber("token_expires_at", TokenExpiresAt!.Value);
        }
    }
}
