using Culvert.Tunnel.Protocol;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>An agent's connection at a <see cref="FakeEdge"/>, with the serial of the certificate it showed.</summary>
internal sealed record FakeEdgeConnection(MuxConnection Mux, string AgentSerial);
