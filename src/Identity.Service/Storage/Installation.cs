namespace Culvert.Identity.Service.Storage;

/// <summary>The permanent settings of init, and when a backup was last restored.</summary>
internal sealed record Installation(string InstallationId, string PublicUrl, string TrustDomain, long? RestoredAtMs)
{
    /// <summary>
    /// Decisions between the backup and this time are unknown: anything that may happen only once may have happened. Null:
    /// never restored.
    /// </summary>
    public DateTimeOffset? RestoredAt => RestoredAtMs is { } at ? Instants.FromStore(at) : null;

    /// <summary>
    /// The serial number prefixes of nodes from before a restore. Their machine certificates are refused, because the backup
    /// may lack some of them.
    /// </summary>
    public IReadOnlyList<string> RetiredPrefixes { get; init; } = [];

    /// <summary>Whether a node from before a restore issued that serial number, so that its record may be missing.</summary>
    /// <param name="serial">Lower-case hexadecimal.</param>
    public bool IsOfRetiredNode(string serial) =>
        RetiredPrefixes.Any(prefix => serial.StartsWith(prefix, StringComparison.Ordinal));
}
