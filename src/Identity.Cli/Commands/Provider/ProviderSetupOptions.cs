namespace Culvert.Identity.Cli.Commands.Provider;

/// <summary>What <c>culvert provider setup</c> is to reach.</summary>
internal sealed record ProviderSetupOptions
{
    /// <summary>The tunnel to attach; null = the one with <see cref="Name"/>, which is created if there is none.</summary>
    public required string? TunnelId { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<CompanyAuthority> Authorities { get; init; }

    /// <summary>Registrations of other CAs are archived.</summary>
    public required bool ArchiveOthers { get; init; }

    /// <summary>Where the connector's token goes; null = nowhere.</summary>
    public required string? TokenFile { get; init; }

    public required bool IsDryRun { get; init; }
}
