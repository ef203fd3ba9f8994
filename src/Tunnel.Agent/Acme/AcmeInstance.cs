using Culvert.Platform.Programs;

namespace Culvert.Tunnel.Agent.Acme;

internal sealed record AcmeInstance(StateDirectory State, string Id);
