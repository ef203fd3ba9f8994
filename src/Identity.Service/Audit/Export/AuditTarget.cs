namespace Culvert.Identity.Service.Audit.Export;

/// <summary>One place of <c>audit.export</c>.</summary>
/// <param name="Name">Under which its positions are kept, and what operators see: never a secret.</param>
internal abstract record AuditTarget(string Name)
{
    /// <summary>A target that lacks older entries is late: as long as the alert waits (deploy/prometheus).</summary>
    public static readonly TimeSpan LongLag = TimeSpan.FromMinutes(15);
}
