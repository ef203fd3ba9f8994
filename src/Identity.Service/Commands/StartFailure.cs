using Culvert.Identity.Service.Storage;
using Culvert.Platform.Programs;

namespace Culvert.Identity.Service.Commands;

/// <summary>The exit status for an error at the start.</summary>
internal static class StartFailure
{
    /// <summary>
    /// 78 where every try fails until an operator changes something, so that no supervisor tries for ever.
    /// </summary>
    public static int ToExitCode(Exception fault) =>
        fault is SchemaException ? ExitCodes.Configuration : ExitCodes.Failed;
}
