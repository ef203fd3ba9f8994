using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Authorization;

/// <summary>A well-formed token request. The credential and the verifier are secrets.</summary>
internal sealed record PersonTokenRequest(
    ApiRequest Request,
    string OrganizationId,
    string ClientId,
    ProvenBinding Proven,
    string Credential
)
{
    public string? RedirectUri { get; init; }

    public string? Verifier { get; init; }

    public string? Resource { get; init; }

    public IReadOnlyList<string>? Scopes { get; init; }

    public override string ToString() => nameof(PersonTokenRequest);
}
