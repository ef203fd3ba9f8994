namespace Culvert.Identity.Service.Storage;

/// <summary>What init set permanently, and when a backup was last restored.</summary>
internal sealed record Installation(string InstallationId, string PublicUrl, string TrustDomain, long? RestoredAtMs)
{
    /// <summary>
    /// What happened between the backup and then is not known here: what may happen only once may have happened. Null:
    /// never restored.
    /// </summary>
    public DateTimeOffset? RestoredAt => RestoredAtMs is { } at ? Instants.FromStore(at) : null;

    /// <summary>
    /// First digits of the serial numbers that nodes from before a restore gave out. Their machine certificates are refused:
    /// the backup may lack some of them.
    /// </summary>
    public IReadOnlyList<string> RetiredPrefixes { get; init; } = [];

    /// <summary>Whether a node from before a restore gave out that number, so that no record of it may exist.</summary>
    /// <param name="serial">Lower-case hexadecimal.</param>
    public bool IsOfRetiredNode(string serial) =>
        RetiredPrefixes.Any(prefix => serial.StartsWith(prefix, StringComparison.Ordinal));
}
