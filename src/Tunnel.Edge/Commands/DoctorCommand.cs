using System.CommandLine;
using Culvert.Machine.Client.Doctor;
using Culvert.Machine.Client.State;
using Culvert.Platform.Configuration;
using Culvert.Platform.Doctor;
using Culvert.Tunnel.Edge.Configuration;
using Culvert.Tunnel.Edge.Doctor;
using Culvert.Tunnel.Edge.Hosting;

namespace Culvert.Tunnel.Edge.Commands;

/// <summary><c>tunnel-edge doctor</c>: reports what keeps an edge from working, and what to do. Read-only.</summary>
internal static class DoctorCommand
{
    public static Command Create() =>
        DoctorCommandLine.Create(
            "Check everything from the identity token to the ports that agents and clients dial.",
            ConfigLocation.Edge,
            EdgeSettingsReader.Read,
            new RunningCheck("edge_running", "tunnel-edge", "culvert-edge"),
            settings => settings.Health,
            EdgeIdentity.Find,
            [.. FederationChecks.Ids, .. StateChecks.Ids, .. PortChecks.Ids],
            FindAsync
        );

    private static async Task<IReadOnlyList<DoctorFinding>> FindAsync(
        EdgeSettings settings,
        DoctorFinding running,
        CancellationToken cancellationToken
    )
    {
        var (identity, time) = (settings.Identity, TimeProvider.System);
        var federation = FederationChecks.Create(identity, settings.StateDirectory, "edge:serve", "edge", time);
        var memory = EdgeMemory.Read(identity, settings.EdgeId, settings.StateDirectory);
        return
        [
            .. await federation.RunAsync(cancellationToken),
            .. new StateChecks(settings, memory, time.GetUtcNow()).Run(),
            .. await new PortChecks(settings, memory).RunAsync(running, cancellationToken),
        ];
    }
}
