namespace Culvert.Identity.Cli.Commands.Provider;

internal sealed record ProviderSetupOptions
{
    /// <summary>The tunnel to use; null = the one with <see cref="Name"/>, which is created if there is none.</summary>
    public required string? TunnelId { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<CompanyAuthority> Authorities { get; init; }

    /// <summary>Archive registrations of other CAs.</summary>
    public required bool ArchiveOthers { get; init; }

    /// <summary>File for the connector's token; null = none.</summary>
    public required string? TokenFile { get; init; }

    public required bool IsDryRun { get; init; }
}
