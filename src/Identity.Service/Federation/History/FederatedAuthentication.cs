using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>
/// An exchange that was granted, or denied after its signature was verified. The row of a grant contains the replay
/// key, so that the record of the grant and the mark of single use are one write.
/// </summary>
internal sealed record FederatedAuthentication(AuditOrigin Origin, string OrganizationId)
    : AuditEvent(AuditEvents.FederatedAuthentication, Origin, OrganizationId, [], AuditData.Empty)
{
    private const int DigestPrefixChars = 16;

    public required string RuleId { get; init; }

    public required int RuleVersion { get; init; }

    public required string IssuerId { get; init; }

    public required string ServiceAccountId { get; init; }

    public string? RequestedServiceAccountId { get; init; }

    /// <summary>The verified claims, as the issuer wrote them.</summary>
    public required ReadOnlyMemory<byte> ClaimsJson { get; init; }

    public string? AssertionId { get; init; }

    /// <summary>Null if denied.</summary>
    public Grant? Grant { get; init; }

    public required ExchangeForm Form { get; init; }

    public required bool IsOwnToken { get; init; }

    /// <summary>The first part of the assertion's SHA-256, lower-case hex: finds it without revealing it.</summary>
    public required string AssertionDigest { get; init; }

    /// <summary>What the rule's version in audit would have decided; null if there is none.</summary>
    public CandidateTrial? Trial { get; init; }

    /// <summary>SHA-256 of a denial's stored explanation, lower-case hex, protected by the chain; null if none.</summary>
    public string? TraceDigest { get; init; }

    /// <summary>The audit event of an exchange, without its result.</summary>
    public static FederatedAuthentication From(AssertionContext context, AuditStatus status, Grant? grant = null)
    {
        var rule = context.Rule;
        var claims = context.Claims;
        return new FederatedAuthentication(
            new AuditOrigin(context.Now, new AuditCause(ToActor(context), context.Request.RequestId)),
            rule.Rule.OrganizationId
        )
        {
            Status = status,
            RuleId = rule.Rule.Id.Value,
            RuleVersion = rule.Rule.Version,
            IssuerId = rule.Issuer.Id.Value,
            ServiceAccountId = rule.Account.Id.Value,
            RequestedServiceAccountId = context.Request.ServiceAccountId,
            ClaimsJson = claims.Json,
            AssertionId = GetAssertionId(context),
            Form = context.Request.Form,
            IsOwnToken = context.Request.IsOwnToken,
            AssertionDigest = Digest(context.Request.Assertion.Span),
            Trial = context.Trial,
            Grant = grant,
        };
    }

    public static AuditActor ToActor(AssertionContext context) =>
        new()
        {
            Type = "federated",
            Id = context.Rule.Account.Id.Value,
            Issuer = context.Request.IsOwnToken ? context.Claims.FindString("iss"u8) : context.Rule.Issuer.Url,
            Subject = context.Subject ?? UntrustedText.Bounded(context.Claims.FindString("sub"u8) ?? ""),
            IpAddress = context.Request.Source.ToString(),
            UserAgent = context.Request.UserAgent is { } agent ? UntrustedText.Bounded(agent) : null,
        };

    public static string? GetAssertionId(AssertionContext context) =>
        context.TokenId is { } id ? UntrustedText.Bounded(id) : null;

    private static string Digest(ReadOnlySpan<byte> assertion)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(assertion, hash);
        return Convert.ToHexStringLower(hash[..(DigestPrefixChars / 2)]);
    }

    // Not as AuditData, which allocates: this is written for every exchange.
    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("federation_rule_id", RuleId);
        json.WriteNumber("rule_ver", RuleVersion);
        json.WriteString("issuer_id", IssuerId);
        json.WriteString("service_account_id", ServiceAccountId);
        json.WriteString("requested_service_account_id", RequestedServiceAccountId);
        // Separate members, because the service's own claims are useless for a trial of a rule on past claims.
        json.WriteStartObject(IsOwnToken ? "access_token" : "oidc_token");
        json.WriteString("jti", AssertionId);
        json.WritePropertyName("claims");
        // The parser has checked this: one JSON object without duplicate names, at most 12 KiB.
        json.WriteRawValue(ClaimsJson.Span, skipInputValidation: true);
        json.WriteEndObject();
        json.WriteString("form", ToWireName(Form));
        json.WriteString("assertion_sha256", AssertionDigest);
        json.WriteString("trace_sha256", TraceDigest);
        if (Grant is { } grant)
        {
            var makesToken = Form != ExchangeForm.Certificate;
            if (makesToken)
            {
                json.WriteString("token_id", grant.TokenId);
            }

            json.WriteString("workspace_id", grant.WorkspaceId);
            json.WriteString("scope", grant.Scope);
            if (makesToken)
            {
                json.WriteNumber("token_expires_at", At.ToUnixTimeSeconds() + grant.LifetimeSeconds);
            }

            json.WriteString("audience", grant.Audience);
            json.WriteString("family", grant.Family);
            WriteConfirmation(json, grant.Confirmation);
            WriteActors(json, grant.Actor);
            json.WriteBoolean("reissue", grant.IsReissue);
        }

        if (Trial is { } trial)
        {
            json.WriteStartObject("candidate");
            json.WriteNumber("rule_ver", trial.Version);
            json.WriteString("decision", trial.Denial is null ? "would_allow" : "would_deny");
            json.WriteString("reason", trial.Denial?.Reason.Name());
            json.WriteString("detail", trial.Denial?.Detail);
            json.WriteEndObject();
        }
    }

    private static string ToWireName(ExchangeForm form) =>
        form switch
        {
            ExchangeForm.JwtBearer => "jwt_bearer",
            ExchangeForm.TokenExchange => "token_exchange",
            ExchangeForm.Certificate => "certificate",
            _ => "json",
        };

    // In the form of the token's cnf.
    private static void WriteConfirmation(Utf8JsonWriter json, TokenConfirmation confirmation)
    {
        json.WritePropertyName("cnf");
        if (confirmation.IsNone)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        if (confirmation.KeyThumbprint is { } key)
        {
            json.WriteString("jkt", key);
        }

        if (confirmation.CertificateThumbprint is { } certificate)
        {
            json.WriteString("x5t#S256", certificate);
        }

        json.WriteEndObject();
    }

    // The current actor first.
    private static void WriteActors(Utf8JsonWriter json, TokenActor? actor)
    {
        json.WriteStartArray("actors");
        for (; actor is not null; actor = actor.Actor)
        {
            json.WriteStringValue(actor.Subject);
        }

        json.WriteEndArray();
    }
}
