using Culvert.Platform.Logging;
using Microsoft.Extensions.Logging;

namespace Culvert.Machine.Client.Checkpoints;

internal static partial class Log
{
    [LoggerMessage(
        EventIds.CheckpointAlarm,
        LogLevel.Critical,
        "The service's audit contradicts itself ({Alarm}): checkpoint of {Node} at entry {Sequence}. "
            + "Save {Path} and verify the audit with it"
    )]
    public static partial void CheckpointAlarm(ILogger log, string alarm, string node, long sequence, string path);
}
