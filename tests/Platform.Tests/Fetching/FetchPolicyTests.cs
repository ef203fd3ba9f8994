using System.Net;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;
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
    [InlineData("8.8.8.8", 8443, "8.8.8.8/32", "8.8.8.0/24", null)]
    // private
    [InlineData("10.0.0.5", 443, "", "", FetchRefusal.PrivateAddress)]
    [InlineData("10.0.0.5", 443, "", "10.0.0.0/8", FetchRefusal.PrivateAddress)]
    [InlineData("10.0.0.5", 443, "10.0.0.0/24", "", FetchRefusal.OutsideBound)]
    [InlineData("10.0.0.5", 443, "10.0.0.0/24", "10.1.0.0/16", FetchRefusal.OutsideBound)]
    [InlineData("10.0.0.5", 443, "10.0.0.0/24", "10.0.0.0/8", null)]
    [InlineData("10.0.1.5", 443, "10.0.0.0/24", "10.0.0.0/8", FetchRefusal.PrivateAddress)]
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
    // Whoever opens everything has still not said "this machine" or "a cloud's credentials", plain or translated.
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
        AddressRanges.TryParse(bound.Length > 0 ? [bound] : [], out var ranges, out _).ShouldBeTrue();

        FetchPolicy.Check(new IPEndPoint(IPAddress.Parse(address), port), targets, ranges!).ShouldBe(expected);
    }

    [Fact]
    public void Check_AnotherPortOfAnAllowedTarget_IsRefused()
    {
        FetchTarget.TryCreate("10.0.0.0/8", 8443, out var target).ShouldBeTrue();
        AddressRanges.TryParse(["10.0.0.0/8"], out var bound, out _).ShouldBeTrue();

        FetchPolicy
            .Check(new IPEndPoint(IPAddress.Parse("10.0.0.5"), 8444), [target], bound!)
            .ShouldBe(FetchRefusal.PrivateAddress);
    }
}
