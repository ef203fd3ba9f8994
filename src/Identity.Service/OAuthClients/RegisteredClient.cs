using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.OAuthClients;

/// <summary>A client that an administrator of the organization registered.</summary>
internal sealed record RegisteredClient
{
    public required OAuthClientId Id { get; init; }

    public required string OrganizationId { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<string> RedirectUris { get; init; }

    public bool RequiresDpop { get; init; }

    public int Version { get; init; } = 1;

    public required ChangeStamps Stamps { get; init; }

    public bool IsArchived => Stamps.ArchivedAt is not null;

    public OAuthClient ToClient() =>
        new(Id.Value, Name, RedirectUris, OAuthClientKind.Registered) { RequiresDpop = RequiresDpop };
}
