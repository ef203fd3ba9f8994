using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>An identity provider whose tokens may be exchanged: who it is, where its keys come from, its hygiene.</summary>
internal sealed record Issuer
{
    public required IssuerId Id { get; init; }

    public required string OrganizationId { get; init; }

    public required string Name { get; init; }

    /// <summary>The exact <c>iss</c>: compared byte for byte, never normalised.</summary>
    public required string Url { get; init; }

    public required KeySource KeySource { get; init; }

    /// <summary>Whether a token with a <c>jti</c> works once only.</summary>
    public required bool CheckJti { get; init; }

    /// <summary>Longest <c>exp</c> − <c>iat</c> of its tokens, 1–176400 s.</summary>
    public required int MaxJwtLifetimeSeconds { get; init; }

    /// <summary>Private targets that may be fetched for it (S27); usually none.</summary>
    public required IReadOnlyList<AllowedTarget> AllowedTargets { get; init; }

    public int Version { get; init; } = 1;

    public required ChangeStamps Stamps { get; init; }

    public bool IsArchived => Stamps.ArchivedAt is not null;
}
