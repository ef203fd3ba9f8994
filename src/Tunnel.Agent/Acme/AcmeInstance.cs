using Culvert.Platform.Programs;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>One agent among those of its tunnel.</summary>
/// <param name="State">Its state directory.</param>
/// <param name="Id">Its instance id.</param>
internal sealed record AcmeInstance(StateDirectory State, string Id);
