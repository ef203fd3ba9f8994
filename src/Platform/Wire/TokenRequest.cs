using System.Text.Json.Serialization;
using Duende.IdentityModel;

namespace Culvert.Platform.Wire;

/// <summary>JSON body of <c>POST /v1/oauth/token</c>: the grant of RFC 7523 §2.1.</summary>
/// <param name="Assertion">The identity provider's token, at most 16 KiB.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TokenRequest(
    [property: JsonPropertyName(OidcConstants.TokenRequest.Assertion)] string Assertion,
    string FederationRuleId,
    string OrganizationId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ServiceAccountId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? WorkspaceId = null
)
{
    [JsonPropertyOrder(-1)]
    [JsonPropertyName(OidcConstants.TokenRequest.GrantType)]
    public string GrantType { get; init; } = OidcConstants.GrantTypes.JwtBearer;

    // The generated text of a record would print the assertion.
    public override string ToString() => $"{nameof(TokenRequest)} {{ FederationRuleId = {FederationRuleId} }}";
}
