using System.Net;
using Culvert.Testing;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>That system with nothing in between: the work of this process for a flood would be measured as ours.</summary>
public sealed class FloodSystem : CountingSystem
{
    public FloodSystem()
        : this(LoopbackPort.Free()) { }

    private FloodSystem(int port)
        : base(agentAddress: null, new IPEndPoint(IPAddress.Loopback, port), port) { }
}
