using System.Net;
using Culvert.Platform.Addresses;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Addresses;

public sealed class AddressRangesTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("0.0.0.0/0", "1.2.3.4", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("::/0", "1.2.3.4", false)]
    [InlineData("fd00::/8", "fd12::1", true)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.1.1", true)] // a dual-stack socket's view of an IPv4 peer
    [InlineData("::ffff:10.0.0.0/104", "10.1.1.1", true)]
    [InlineData("fe80::/10", "fe80::1%2", true)]
    public void Contains_ComparesTheAddressItself(string range, string address, bool expected)
    {
        AddressRanges.TryParse([range], out var ranges, out _).ShouldBeTrue();

        ranges!.Contains(IPAddress.Parse(address)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.0/ 8")]
    [InlineData("10.0.0.1/8")] // bits beyond the length
    [InlineData("fd00::1/8")]
    [InlineData("::/129")]
    [InlineData("10.1/16")]
    [InlineData("0x0a.0.0.0/8")]
    [InlineData("010.0.0.0/8")]
    [InlineData("167772160/8")]
    [InlineData("[::1]/128")]
    [InlineData("fe80::1%eth0/128")]
    [InlineData("::ffff:0:0/95")] // half mapped, half not
    [InlineData("localhost")]
    [InlineData("10.0.0.0/8/8")]
    public void TryParse_AnythingElse_IsRefusedAndNamed(string text)
    {
        AddressRanges.TryParse(["127.0.0.0/8", text], out var ranges, out var bad).ShouldBeFalse();

        ranges.ShouldBeNull();
        bad.ShouldBe(text);
    }

    [Fact]
    public void TryParse_AnyText_GivesARangeOrNothing() =>
        Prop.ForAll<string>(text => !AddressRanges.TryParse(text ?? "", out var range) || range.PrefixLength >= 0)
            .CheckSeeded();

    [Fact]
    public void Empty_ContainsNothing() => AddressRanges.Empty.Contains(IPAddress.Loopback).ShouldBeFalse();
}
