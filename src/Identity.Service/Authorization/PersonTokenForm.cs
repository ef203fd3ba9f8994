using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Authorization;

/// <summary>The form of RFC 6749 §4.1.3 and §6, and of RFC 7523 §2.1.</summary>
[SchemaOnly]
internal sealed record PersonTokenForm
{
    public required string GrantType { get; init; }

    /// <summary>Required, except with the assertion of a workload.</summary>
    public string? ClientId { get; init; }

    public string? Code { get; init; }

    public string? RedirectUri { get; init; }

    public string? CodeVerifier { get; init; }

    public string? RefreshToken { get; init; }

    public string? Assertion { get; init; }

    public string? Resource { get; init; }

    public string? Scope { get; init; }
}
