using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.OAuthClients;

/// <summary>Partial: absent members are unchanged.</summary>
internal sealed record UpdateOAuthClientRequest
{
    public Optional<string> Name { get; init; }

    /// <summary>Replaces all of them; null = unchanged.</summary>
    public IReadOnlyList<string>? RedirectUris { get; init; }

    public Optional<bool> RequireDpop { get; init; }
}
