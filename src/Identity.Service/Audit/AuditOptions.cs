using Culvert.Identity.Service.Audit.Export;

namespace Culvert.Identity.Service.Audit;

/// <summary>How long the audit log is kept, and where it is sent.</summary>
internal sealed record AuditOptions
{
    /// <summary>How long bodies of audit entries are kept; their digests stay for ever. At least 30 days.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(400);

    /// <summary>Where every audit entry is sent as well.</summary>
    public IReadOnlyList<AuditTarget> Targets { get; init; } = [];
}
