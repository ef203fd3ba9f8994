using System.Net;
using Culvert.Platform.Net;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Net;

public sealed class AddressClassesTests
{
    [Theory]
    [InlineData("8.8.8.8", AddressClass.Public)]
    [InlineData("2606:4700::1111", AddressClass.Public)]
    [InlineData("10.0.0.1", AddressClass.Private)]
    [InlineData("172.15.255.255", AddressClass.Public)]
    [InlineData("172.16.0.0", AddressClass.Private)]
    [InlineData("172.31.255.255", AddressClass.Private)]
    [InlineData("172.32.0.0", AddressClass.Public)]
    [InlineData("100.64.0.1", AddressClass.Private)]
    [InlineData("fd00::1", AddressClass.Private)]
    [InlineData("127.0.0.2", AddressClass.Loopback)]
    [InlineData("::1", AddressClass.Loopback)]
    [InlineData("::ffff:127.0.0.1", AddressClass.Loopback)]
    [InlineData("169.254.1.1", AddressClass.LinkLocal)]
    [InlineData("fe80::1%3", AddressClass.LinkLocal)]
    [InlineData("169.254.169.254", AddressClass.CloudMetadata)]
    [InlineData("::ffff:169.254.169.254", AddressClass.CloudMetadata)]
    [InlineData("fd00:ec2::254", AddressClass.CloudMetadata)]
    [InlineData("100.100.100.200", AddressClass.CloudMetadata)]
    [InlineData("0.0.0.0", AddressClass.Reserved)]
    [InlineData("::", AddressClass.Reserved)]
    [InlineData("224.0.0.1", AddressClass.Reserved)]
    [InlineData("255.255.255.255", AddressClass.Reserved)]
    [InlineData("64:ff9b::a9fe:a9fe", AddressClass.Reserved)] // 169.254.169.254 behind NAT64
    [InlineData("2002:7f00:1::", AddressClass.Reserved)] // 127.0.0.1 behind 6to4
    public void Of_KnowsTheRegistries(string address, AddressClass expected) =>
        AddressClasses.Of(IPAddress.Parse(address)).ShouldBe(expected);
}
