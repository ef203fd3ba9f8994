using System.Net;
using Culvert.Platform.Addresses;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Addresses;

public sealed class HostPortTests
{
    [Theory]
    [InlineData("edge.example:7844", "edge.example", 7844)]
    [InlineData("[::1]:1", "::1", 1)]
    [InlineData("192.0.2.1:65535", "192.0.2.1", 65535)]
    public void TryParse_Good_IsTakenApartAndWrittenTheSame(string text, string host, int port)
    {
        HostPort.TryParse(text, out var parsed).ShouldBeTrue();
        parsed.ShouldBe(new HostPort(host, port));
        parsed.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("host")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:+1")]
    [InlineData("host: 1")]
    [InlineData(":443")]
    [InlineData("::1:443")]
    [InlineData("[]:443")]
    [InlineData("[host]:443")]
    [InlineData("[::1:443")]
    [InlineData("::1]:443")]
    [InlineData("[::1]")]
    public void TryParse_Bad_IsRefused(string? text) => HostPort.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void ToEndPoint_AddressOrName_IsTheEndPointOfItsKind()
    {
        new HostPort("::1", 443).ToEndPoint().ShouldBe(new IPEndPoint(IPAddress.IPv6Loopback, 443));
        new HostPort("edge.example", 443).ToEndPoint().ShouldBe(new DnsEndPoint("edge.example", 443));
    }
}
