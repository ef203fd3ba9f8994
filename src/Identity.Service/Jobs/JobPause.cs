using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Jobs;

/// <summary>The pause of a job on all nodes, until it is resumed.</summary>
/// <param name="PausedBy">The actor's id, as in the audit log.</param>
internal sealed record JobPause(string Job, string PausedBy, string Reason, long PausedAtMs)
{
    public DateTimeOffset PausedAt => Instants.FromStore(PausedAtMs);
}
