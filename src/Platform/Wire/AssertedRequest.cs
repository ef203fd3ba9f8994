using System.Text.Json.Serialization;
using Duende.IdentityModel;

namespace Culvert.Platform.Wire;

/// <summary>
/// The token endpoint's members, in a certificate request instead of a credential in the headers: one request then does
/// both. All null: there is a credential.
/// </summary>
public abstract record AssertedRequest
{
    /// <summary>The identity provider's token, at most 16 KiB.</summary>
    [JsonPropertyName(OidcConstants.TokenRequest.Assertion)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Assertion { get; init; }

    /// <summary><c>fdrl_…</c>; required with an assertion.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FederationRuleId { get; init; }

    /// <summary>Required with an assertion.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OrganizationId { get; init; }

    /// <summary>The account that the caller expects to act as; null: the account of the rule.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ServiceAccountId { get; init; }

    /// <summary>A workspace's id, <c>default</c>, or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WorkspaceId { get; init; }

    [JsonIgnore]
    public bool IsAsserted =>
        (Assertion ?? FederationRuleId ?? OrganizationId ?? ServiceAccountId ?? WorkspaceId) is not null;

    // The generated text of a record would print the assertion.
    public sealed override string ToString() => GetType().Name;
}
