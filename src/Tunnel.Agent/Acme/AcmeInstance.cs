using Culvert.Platform.Programs;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>The state directory and the instance id of one of the tunnel's agents.</summary>
internal sealed record AcmeInstance(StateDirectory State, string Id);
