using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Audit;

internal static partial class Log
{
    [LoggerMessage(EventIds.AuditCheckpoint, LogLevel.Information, "Audit of {Node} reaches {Sequence}: {Checkpoint}")]
    public static partial void Checkpoint(ILogger logger, string node, long sequence, string checkpoint);

    [LoggerMessage(
        EventIds.AuditCheckpointFailed,
        LogLevel.Error,
        "The audit checkpoint could not be signed; trying again in a minute"
    )]
    public static partial void CheckpointFailed(ILogger logger, Exception fault);

    [LoggerMessage(
        EventIds.AuditDisputed,
        LogLevel.Critical,
        "{AgentId} holds audit checkpoints that contradict each other ({Reason}): verify an export with its file"
    )]
    public static partial void Disputed(ILogger logger, string agentId, string reason);
}
