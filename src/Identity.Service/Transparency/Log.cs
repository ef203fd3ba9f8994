using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Transparency;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.TransparencyHeadSigned,
        LogLevel.Information,
        "The transparency log reaches {Size} entries, root {Root}: {Note}"
    )]
    public static partial void HeadSigned(ILogger logger, long size, string root, string note);

    [LoggerMessage(
        EventIds.TransparencyRoundFailed,
        LogLevel.Error,
        "Adding entries to the transparency log failed; retrying in a minute"
    )]
    public static partial void RoundFailed(ILogger logger, Exception fault);

    [LoggerMessage(
        EventIds.TransparencyContradicted,
        LogLevel.Critical,
        "The stored transparency log contradicts a tree head that was signed: signed for {Signed} entries, stored {Size}. "
            + "No head is signed. Save the database, and compare it with a backup"
    )]
    public static partial void Contradicted(ILogger logger, long signed, long size);

    [LoggerMessage(
        EventIds.AgentCheckpointDisputed,
        LogLevel.Critical,
        "The record of calls of {AgentId} contradicts an earlier checkpoint ({Reason}): record {Sequence} has the hash {Head}. "
            + "Save the agent's audit files and verify them with `culvert audit verify --log`"
    )]
    public static partial void CheckpointDisputed(
        ILogger logger,
        string agentId,
        string reason,
        long sequence,
        string head
    );
}
