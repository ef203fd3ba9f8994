namespace Culvert.Machine.Client.Providers;

public sealed record ProviderTunnel
{
    /// <summary><c>tnl_…</c>; handled as opaque text.</summary>
    public required string Id { get; init; }

    public string? DisplayName { get; init; }

    /// <summary>Assigned at creation, and never reused.</summary>
    public required string Domain { get; init; }

    /// <summary>Null: it is in use.</summary>
    public string? ArchivedAt { get; init; }
}
