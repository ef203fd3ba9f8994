using System.Net;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Tests.Requests;

public sealed class ForwardedHeaderTests
{
    [Theory]
    [InlineData("192.0.2.7", "docs.t", "for=192.0.2.7;host=docs.t;proto=https")]
    [InlineData("::ffff:192.0.2.7", "docs.t", "for=192.0.2.7;host=docs.t;proto=https")]
    [InlineData("2001:db8::1", "docs.t:9443", "for=\"[2001:db8::1]\";host=\"docs.t:9443\";proto=https")]
    public void Format_QuotesWhatIsNoToken(string client, string host, string expected) =>
        ForwardedHeader.Format(IPAddress.Parse(client), host).ShouldBe(expected);
}
