using System.Net;
using Culvert.Platform.Net;
using Culvert.PropertyTesting;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Net;

public sealed class ProxyHeaderTests
{
    private static readonly byte[] Signature = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10];

    [Fact]
    public void TryRead_TcpOverIpv4_GivesTheClient() =>
        Read([0x21, 0x11, 0, 12, 192, 0, 2, 7, 10, 0, 0, 1, 0x1f, 0x90, 1, 187]).ShouldBe("192.0.2.7:8080");

    [Fact]
    public void TryRead_TcpOverIpv6WithFurtherFields_GivesTheClient() =>
        Read([
                0x21,
                0x21,
                0,
                39,
                .. IPAddress.Parse("2001:db8::7").GetAddressBytes(),
                .. IPAddress.IPv6Loopback.GetAddressBytes(),
                0x1f,
                0x90,
                1,
                187,
                4,
                0,
                0,
            ])
            .ShouldBe("[2001:db8::7]:8080");

    [Fact] // an IPv4 client of a balancer that listens on both families
    public void TryRead_MappedAddress_IsTheIpv4Address() =>
        Read([
                0x21,
                0x21,
                0,
                36,
                .. IPAddress.Parse("::ffff:192.0.2.7").GetAddressBytes(),
                .. IPAddress.IPv6Loopback.GetAddressBytes(),
                0x1f,
                0x90,
                1,
                187,
            ])
            .ShouldBe("192.0.2.7:8080");

    [Fact]
    public void TryRead_Local_IsTheBalancerItself() => Read([0x20, 0x00, 0, 0]).ShouldBe("local");

    [Theory]
    [InlineData(0x21, 0x00, 0)] // PROXY without an address
    [InlineData(0x21, 0x12, 12)] // datagrams
    [InlineData(0x21, 0x31, 216)] // UNIX sockets
    [InlineData(0x21, 0x11, 11)] // shorter than its addresses
    [InlineData(0x21, 0x21, 35)]
    public void TryRead_NoAddressOfAStream_IsRefused(byte command, byte family, int length) =>
        Read([command, family, (byte)(length >> 8), (byte)length, .. new byte[length]]).ShouldBe("refused");

    [Theory]
    [InlineData(0x11, 0)] // another version
    [InlineData(0x22, 0)] // another command
    [InlineData(0x21, 2049)] // beyond the bound
    public void RestLength_NotOurs_IsRefused(byte command, int length) =>
        ProxyHeader.RestLength([.. Signature, command, 0x11, (byte)(length >> 8), (byte)length]).ShouldBeLessThan(0);

    [Fact]
    public void RestLength_OtherBytes_AreRefused() => ProxyHeader.RestLength("PROXY TCP4 1.2.3"u8).ShouldBeLessThan(0);

    [Fact]
    public void TryRead_AnyBytesBehindTheSignature_GivesAClientOrARefusal() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                Gen.Elements<byte>(0x20, 0x21).ToArbitrary(),
                Gen.Elements<byte>(0x00, 0x11, 0x12, 0x21, 0x22, 0x31).ToArbitrary(),
                (rest, command, family) =>
                {
                    byte[] head = [.. Signature, command, family, (byte)(rest.Length >> 8), (byte)rest.Length];
                    return ProxyHeader.RestLength(head) == rest.Length
                        && (ProxyHeader.TryRead(head, rest, out var client) || client is null);
                }
            )
            .CheckSeeded(1_000);

    private static string Read(byte[] rest)
    {
        byte[] all = [.. Signature, .. rest];
        ProxyHeader.RestLength(all.AsSpan(0, 16)).ShouldBe(all.Length - 16);
        return ProxyHeader.TryRead(all.AsSpan(0, 16), all.AsSpan(16), out var client)
            ? client?.ToString() ?? "local"
            : "refused";
    }
}
