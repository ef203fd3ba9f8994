using System.Net;
using Culvert.Platform.Addresses;
using Culvert.Platform.Fetching;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Fetching;

/// <summary>S27, address by address.</summary>
public sealed class FetchPolicyTests
{
    [Theory]
    // public
    [InlineData("8.8.8.8", 443, "", "", null)]
    [InlineData("8.8.8.8", 8443, "", "", FetchRefusal.PortNotAllowed)]
    [InlineData("8.8.8.8", 8443, "8.8.8.8/32", "8.8.8.0/24:8443", null)]
    [InlineData("8.8.8.8", 8443, "8.8.8.8/32", "8.8.8.0/24", FetchRefusal.OutsideBound)]
    // private
    [InlineData("10.0.0.5", 443, "", "", FetchRefusal.PrivateAddress)]
    [InlineData("10.0.0.5", 443, "", "10.0.0.0/8", FetchRefusal.PrivateAddress)]
    [InlineData("10.0.0.5", 443, "10.0.0.0/24", "", FetchRefusal.OutsideBound)]
    [InlineData("10.0.0.5", 443, "10.0.0.0/24", "10.1.0.0/16", FetchRefusal.OutsideBound)]
    [InlineData("10.0.0.5", 443, "10.0.0.0/24", "10.0.0.0/8", null)]
    [InlineData("10.0.1.5", 443, "10.0.0.0/24", "10.0.0.0/8", FetchRefusal.PrivateAddress)]
    // the port of the bound
    [InlineData("10.0.0.5", 8443, "10.0.0.0/24", "10.0.0.0/8", FetchRefusal.OutsideBound)]
    [InlineData("10.0.0.5", 8443, "10.0.0.0/24", "10.0.0.0/8:8443", null)]
    [InlineData("10.0.0.5", 8444, "10.0.0.0/24", "10.0.0.0/8:8443", FetchRefusal.OutsideBound)]
    [InlineData("10.0.0.5", 443, "10.0.0.0/24", "10.0.0.0/8:8443", FetchRefusal.OutsideBound)]
    [InlineData("10.0.0.5", 22, "10.0.0.0/24", "10.0.0.0/8:any", null)]
    [InlineData("127.0.0.1", 8445, "127.0.0.1/32", "127.0.0.0/8", FetchRefusal.OutsideBound)]
    [InlineData("fd00::5", 443, "fd00::/8", "fd00::/8", null)]
    // loopback must be meant by both
    [InlineData("127.0.0.1", 443, "", "", FetchRefusal.LoopbackAddress)]
    [InlineData("127.0.0.1", 443, "127.0.0.1/32", "", FetchRefusal.OutsideBound)]
    [InlineData("127.0.0.1", 443, "127.0.0.1/32", "0.0.0.0/0", FetchRefusal.OutsideBound)]
    [InlineData("127.0.0.1", 443, "0.0.0.0/0", "127.0.0.0/8", FetchRefusal.LoopbackAddress)]
    [InlineData("127.0.0.1", 443, "127.0.0.1/32", "127.0.0.0/8", null)]
    [InlineData("::ffff:127.0.0.1", 443, "127.0.0.1/32", "127.0.0.0/8", null)]
    [InlineData("::1", 443, "::1/128", "::1/128", null)]
    // never
    [InlineData("169.254.1.1", 443, "169.254.0.0/16", "169.254.0.0/16", FetchRefusal.LinkLocalAddress)]
    [InlineData("fe80::1", 443, "fe80::/10", "fe80::/10", FetchRefusal.LinkLocalAddress)]
    [InlineData("169.254.169.254", 80, "0.0.0.0/0", "0.0.0.0/0", FetchRefusal.MetadataAddress)]
    [InlineData("fd00:ec2::254", 443, "fd00::/8", "fd00::/8", FetchRefusal.MetadataAddress)]
    [InlineData("100.100.100.200", 443, "100.64.0.0/10", "100.64.0.0/10", FetchRefusal.MetadataAddress)]
    [InlineData("0.0.0.0", 443, "", "", FetchRefusal.LoopbackAddress)]
    // A setting that allows every address still does not allow this machine or a cloud's credentials, plain or
    // translated.
    [InlineData("0.0.0.0", 443, "0.0.0.0/0", "0.0.0.0/0", FetchRefusal.LoopbackAddress)]
    [InlineData("64:ff9b::7f00:1", 443, "::/0", "::/0", FetchRefusal.LoopbackAddress)]
    [InlineData("64:ff9b::a9fe:a9fe", 443, "64:ff9b::/96", "64:ff9b::/96", FetchRefusal.MetadataAddress)]
    [InlineData("2002:a9fe:a9fe::1", 443, "::/0", "::/0", FetchRefusal.MetadataAddress)]
    [InlineData("168.63.129.16", 443, "0.0.0.0/0", "0.0.0.0/0", FetchRefusal.MetadataAddress)]
    [InlineData("64:ff9b::8.8.8.8", 443, "", "", FetchRefusal.ReservedAddress)]
    [InlineData("224.0.0.1", 443, "", "", FetchRefusal.ReservedAddress)]
    public void Check_AddressPortTargetBound(string address, int port, string own, string bound, FetchRefusal? expected)
    {
        FetchTarget[] targets = FetchTarget.TryCreate(own, port, out var target) ? [target] : [];
        PrivateNetwork[] bounds = PrivateNetwork.TryParse(bound, out var network) ? [network] : [];

        FetchPolicy.Check(new IPEndPoint(IPAddress.Parse(address), port), targets, bounds).ShouldBe(expected);
    }

    [Fact]
    public void Check_AnotherPortOfAnAllowedTarget_IsRefused()
    {
        FetchTarget.TryCreate("10.0.0.0/8", 8443, out var target).ShouldBeTrue();
        PrivateNetwork.TryParse("10.0.0.0/8:any", out var bound).ShouldBeTrue();

        FetchPolicy
            .Check(new IPEndPoint(IPAddress.Parse("10.0.0.5"), 8444), [target], [bound])
            .ShouldBe(FetchRefusal.PrivateAddress);
    }

    [Theory]
    [InlineData("10.1.2.0/24", "10.0.0.0/8", true)]
    [InlineData("10.0.0.0/8", "10.0.0.0/8", true)]
    [InlineData("10.0.0.0/7", "10.0.0.0/8", false)]
    [InlineData("11.0.0.0/8", "10.0.0.0/8", false)]
    [InlineData("10.1.2.0/24", "::/0", false)]
    [InlineData("10.1.2.0/24", "0.0.0.0/0", true)]
    [InlineData("127.0.0.1/32", "0.0.0.0/0", false)]
    [InlineData("127.0.0.1/32", "127.0.0.0/8", true)]
    [InlineData("::1/128", "::1/128", true)]
    [InlineData("::1/128", "::/0", false)]
    [InlineData("169.254.1.0/24", "0.0.0.0/0", false)]
    [InlineData("169.254.169.254/32", "169.254.169.254/32", false)]
    [InlineData("fe80::/10", "::/0", false)]
    [InlineData("fd00:ec2::254/128", "::/0", false)]
    [InlineData("fd00::/8", "fc00::/7", true)]
    [InlineData("10.1.2.0/24", "10.0.0.0/8:8443", false)]
    [InlineData("10.1.2.0/24", "10.0.0.0/8:any", true)]
    public void IsWithin_Target_IsBoundedByNetworkAndPort(string target, string bound, bool expected)
    {
        FetchTarget.TryCreate(target, 443, out var own).ShouldBeTrue();
        PrivateNetwork.TryParse(bound, out var network).ShouldBeTrue();

        FetchPolicy.IsWithin(own, [network]).ShouldBe(expected);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8:443")]
    [InlineData("10.0.0.5", "10.0.0.5/32:443")]
    [InlineData("10.1.2.0/24:8443", "10.1.2.0/24:8443")]
    [InlineData("fd00::/8", "fd00::/8:443")]
    [InlineData("fd00::/8:65535", "fd00::/8:65535")]
    [InlineData("::1/128:any", "::1/128:any")]
    [InlineData("10.0.0.0/8:", null)]
    [InlineData("10.0.0.0/8:0", null)]
    [InlineData("10.0.0.0/8:65536", null)]
    [InlineData("10.0.0.0/8:+1", null)]
    [InlineData("10.0.0.0/8:ANY", null)]
    [InlineData("10.0.0.0/8:80:81", null)]
    [InlineData("10.0.0.5:8443", null)]
    [InlineData("10.1.2.3/8:8443", null)]
    [InlineData("", null)]
    public void PrivateNetwork_TryParse_ReadsNetworkAndPort(string text, string? expected) =>
        (PrivateNetwork.TryParse(text, out var network) ? network.ToString() : null).ShouldBe(expected);
}
