namespace Culvert.Identity.Service.Storage;

/// <summary>What init set permanently, and when a backup was last restored.</summary>
internal sealed record Installation(string InstallationId, string PublicUrl, string TrustDomain, long? RestoredAtMs)
{
    /// <summary>
    /// What happened between the backup and then is not known here: what may happen only once may have happened. Null:
    /// never restored.
    /// </summary>
    public DateTimeOffset? RestoredAt => RestoredAtMs is { } at ? Instants.FromStore(at) : null;
}
