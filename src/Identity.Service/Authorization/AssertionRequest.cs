using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Authorization;

/// <summary>A well-formed token request with an assertion, which is a secret.</summary>
/// <param name="ClientId">Null if absent: the assertion of a workload identifies the caller alone.</param>
internal sealed record AssertionRequest(
    ApiRequest Request,
    string OrganizationId,
    string? ClientId,
    ProvenBinding Proven,
    ReadOnlyMemory<byte> Assertion
)
{
    public string? Resource { get; init; }

    public IReadOnlyList<string>? Scopes { get; init; }

    public override string ToString() => nameof(AssertionRequest);
}
