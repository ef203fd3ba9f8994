using Culvert.Machine.Client.State;
using Culvert.Platform.Health;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Hosting;

/// <summary>Identifies an agent among those of its machine: in <c>/readyz</c> and for the doctor.</summary>
internal static class AgentIdentity
{
    public static ProgramIdentity Find(AgentSettings settings) =>
        new(
            "tunnel-agent",
            ("tunnel_id", settings.Tunnel.Id),
            ("instance_id", InstanceIdFile.FindText(StateDirectory.OpenReadOnly(settings.StateDirectory)))
        );
}
