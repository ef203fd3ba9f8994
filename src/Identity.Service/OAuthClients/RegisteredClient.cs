using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.OAuthClients;

/// <summary>A client with an id of the organization's registry.</summary>
internal sealed record RegisteredClient
{
    public required OAuthClientId Id { get; init; }

    public required string OrganizationId { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<string> RedirectUris { get; init; }

    public bool RequiresDpop { get; init; }

    public RegisteredBy RegisteredBy { get; init; }

    /// <summary>When a person last allowed it a route; null = never.</summary>
    public DateTimeOffset? LastSignInAt { get; init; }

    public int Version { get; init; } = 1;

    public required ChangeStamps Stamps { get; init; }

    public bool IsArchived => Stamps.ArchivedAt is not null;

    public OAuthClient ToClient() =>
        new(
            Id.Value,
            Name,
            RedirectUris,
            RegisteredBy == RegisteredBy.Administrator ? OAuthClientKind.Registered : OAuthClientKind.SelfRegistered
        )
        {
            RequiresDpop = RequiresDpop,
        };
}
