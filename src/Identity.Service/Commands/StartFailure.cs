using Culvert.Identity.Service.Storage;
using Culvert.Platform.Programs;

namespace Culvert.Identity.Service.Commands;

internal static class StartFailure
{
    /// <summary>
    /// 78 if every attempt fails until an operator changes something, so that no supervisor retries forever.
    /// </summary>
    public static int ToExitCode(Exception fault) =>
        fault is SchemaException ? ExitCodes.Configuration : ExitCodes.Failed;
}
