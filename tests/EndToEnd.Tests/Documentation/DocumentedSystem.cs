using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Documentation;

/// <summary>
/// The system on which the pages' commands run: no other test uses it, since they rotate and revoke what they find.
/// </summary>
public sealed class DocumentedSystem()
    : RunningSystem(
        new InstallationOptions
        {
            ExchangesPerSecond = 1000,
            AuditExport = true,
            Policy = "{mode: observe}",
        }
    );
