using System.Text.Json.Serialization;
using Duende.IdentityModel;

namespace Culvert.Platform.Wire;

/// <summary>JSON body of <c>POST /v1/oauth/token</c>: the grant of RFC 7523 §2.1.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TokenRequest
{
    [JsonPropertyName(OidcConstants.TokenRequest.GrantType)]
    public string GrantType { get; init; } = OidcConstants.GrantTypes.JwtBearer;

    /// <summary>The identity provider's token, at most 16 KiB.</summary>
    [JsonPropertyName(OidcConstants.TokenRequest.Assertion)]
    public required string Assertion { get; init; }

    public required string FederationRuleId { get; init; }

    public required string OrganizationId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ServiceAccountId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WorkspaceId { get; init; }

    // The generated text of a record would print the assertion.
    public override string ToString() => $"{nameof(TokenRequest)} {{ FederationRuleId = {FederationRuleId} }}";
}
