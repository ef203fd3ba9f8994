using Culvert.Identity.Service.Storage;
using Culvert.Platform.Programs;

namespace Culvert.Identity.Service.Commands;

/// <summary>What a fault at the start makes of the exit status.</summary>
internal static class StartFault
{
    /// <summary>78 where no try will do until somebody changes something, so that no supervisor tries for ever.</summary>
    public static int ExitCodeOf(Exception fault) =>
        fault is SchemaException ? ExitCodes.Configuration : ExitCodes.Failed;
}
