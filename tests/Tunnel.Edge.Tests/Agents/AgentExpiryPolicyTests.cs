using System.Net;
using Culvert.Platform.Certificates;
using Culvert.Tunnel.Edge.Agents;
using Culvert.Tunnel.Edge.Tests.Support;
using Culvert.Tunnel.Protocol;
using Culvert.Tunnel.Protocol.Options;

namespace Culvert.Tunnel.Edge.Tests.Agents;

public sealed class AgentExpiryPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory] // S10; the last second counts (RFC 5280 §4.1.2.5)
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Decide_ExpiredCertificate_Ends(int secondsPast, bool ends) =>
        (
            AgentExpiryPolicy.Decide(Connection(Now.AddSeconds(-secondsPast)), Now, TimeSpan.FromHours(24)) is not null
        ).ShouldBe(ends);

    [Theory]
    [InlineData(86_399, false)]
    [InlineData(86_400, true)]
    public void Decide_ReplacedConnection_MayGoOnForADay(int secondsSince, bool ends)
    {
        var connection = Connection(Now.AddHours(-20));
        connection.IsCurrent = false;
        connection.RetiredAt = Now.AddSeconds(-secondsSince);
        (AgentExpiryPolicy.Decide(connection, Now, TimeSpan.FromHours(24)) is not null).ShouldBe(ends);
    }

    private static AgentConnection Connection(DateTimeOffset notAfter)
    {
        var uri =
            $"spiffe://{TestPlatform.TrustDomain}/o/{TestPlatform.Organization}/t/{TestPlatform.TunnelId}/agent/a1";
        SpiffeId.TryParse(uri, out var id).ShouldBeTrue();
        var mux = new MuxConnection(
            Stream.Null,
            MuxRole.Edge,
            new MuxOptions { InstanceId = "edge_01" },
            TimeProvider.System
        );
        return new AgentConnection(
            mux,
            id!,
            "01",
            notAfter.AddHours(-1),
            notAfter,
            new IPEndPoint(IPAddress.Loopback, 1)
        );
    }
}
