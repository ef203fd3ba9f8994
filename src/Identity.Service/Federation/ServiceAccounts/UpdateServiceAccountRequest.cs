using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.ServiceAccounts;

/// <summary>Partial: absent members are unchanged. The name never changes.</summary>
internal sealed record UpdateServiceAccountRequest
{
    /// <summary>Null clears it.</summary>
    public Optional<string?> Description { get; init; }

    public Optional<string> OrganizationRole { get; init; }
}
