using System.Net;
using Culvert.Testing;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>
/// That system with nothing in between, a route with an enforced policy, and an agent that may use as much memory as in the
/// manifests that are shipped.
/// </summary>
public sealed class HeapLimitSystem : CountingSystem
{
    /// <summary>384 MiB in hexadecimal: what .NET takes of a container's limit of 512 MiB (three quarters).</summary>
    private const string HeapLimit = "0x18000000";

    public HeapLimitSystem()
        : this(LoopbackPort.Free()) { }

    private HeapLimitSystem(int port)
        : base(
            agentAddress: null,
            new IPEndPoint(IPAddress.Loopback, port),
            port,
            routeSettings:
            [
                "policy: {mode: enforce, rules: [{name: echo, effect: allow, tools: [echo], arguments: [{at: /message, max_length: 100}]}]}",
            ],
            agentEnvironment: new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = HeapLimit }
        ) { }
}
