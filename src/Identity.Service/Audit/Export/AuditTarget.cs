namespace Culvert.Identity.Service.Audit.Export;

/// <summary>A target of <c>audit.export</c>.</summary>
/// <param name="Name">Identifies the target's positions and is shown to operators: never a secret.</param>
internal abstract record AuditTarget(string Name)
{
    /// <summary>The lag from which a target counts as late; equal to the alert's delay (deploy/prometheus).</summary>
    public static readonly TimeSpan LongLag = TimeSpan.FromMinutes(15);
}
