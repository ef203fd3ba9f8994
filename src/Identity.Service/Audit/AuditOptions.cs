using Culvert.Identity.Service.Audit.Export;

namespace Culvert.Identity.Service.Audit;

internal sealed record AuditOptions
{
    /// <summary>How long bodies of audit entries are kept, at least 30 days; their digests are kept permanently.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(400);

    /// <summary>Additional targets of every audit entry.</summary>
    public IReadOnlyList<AuditTarget> Targets { get; init; } = [];
}
