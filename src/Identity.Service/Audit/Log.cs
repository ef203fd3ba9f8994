using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Audit;

internal static partial class Log
{
    [LoggerMessage(EventIds.AuditCheckpoint, LogLevel.Information, "Audit of {Node} reaches {Sequence}: {Checkpoint}")]
    public static partial void Checkpoint(ILogger logger, string node, long sequence, string checkpoint);

    [LoggerMessage(
        EventIds.AuditDisputed,
        LogLevel.Critical,
        "{AgentId} holds audit checkpoints that contradict each other ({Reason}): verify an export with its file"
    )]
    public static partial void Disputed(ILogger logger, string agentId, string reason);

    [LoggerMessage(
        EventIds.AuditBodiesDropped,
        LogLevel.Information,
        "Retention dropped {Count} bodies of the audit of {Node}, up to entry {Sequence}; their digests stay"
    )]
    public static partial void BodiesDropped(ILogger logger, string node, long count, long sequence);

    [LoggerMessage(
        EventIds.AuditExportFailed,
        LogLevel.Warning,
        "Sending audit entries to {Target} failed; retrying in {Wait}: {Fault}"
    )]
    public static partial void ExportFailed(ILogger logger, string target, string fault, TimeSpan wait);

    [LoggerMessage(
        EventIds.AuditExportResumed,
        LogLevel.Information,
        "{Target} accepts audit entries again after {Failures} failed attempts"
    )]
    public static partial void ExportResumed(ILogger logger, string target, int failures);

    [LoggerMessage(
        EventIds.AuditExportRejected,
        LogLevel.Error,
        "{Target} rejected {Count} audit entries permanently; they are not sent again"
    )]
    public static partial void ExportRejected(ILogger logger, string target, long count);
}
