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

    [LoggerMessage(
        EventIds.WitnessCosigned,
        LogLevel.Information,
        "Witness {Witness} cosigned the transparency log of {Size} entries: {Line}"
    )]
    public static partial void WitnessCosigned(ILogger logger, string witness, long size, string line);

    [LoggerMessage(
        EventIds.WitnessFailed,
        LogLevel.Warning,
        "Witness {Witness} did not cosign the transparency log; retrying in {Wait}: {Detail}"
    )]
    public static partial void WitnessFailed(ILogger logger, string witness, TimeSpan wait, string detail);

    [LoggerMessage(
        EventIds.WitnessContradicted,
        LogLevel.Critical,
        "Witness {Witness} refuses the transparency log of {Size} entries, because it cosigned another history: {Detail} "
            + "Save the database, and compare the tree heads of both"
    )]
    public static partial void WitnessContradicted(ILogger logger, string witness, long size, string detail);
}
