using System.Net;
using Culvert.Platform.Addresses;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Addresses;

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
    [InlineData("0.0.0.0", AddressClass.Loopback)]
    [InlineData("0.1.2.3", AddressClass.Reserved)]
    [InlineData("::", AddressClass.Loopback)]
    [InlineData("168.63.129.16", AddressClass.CloudMetadata)]
    [InlineData("fd20:ce::254", AddressClass.CloudMetadata)]
    [InlineData("169.254.170.23", AddressClass.CloudMetadata)]
    [InlineData("::169.254.169.254", AddressClass.CloudMetadata)]
    [InlineData("64:ff9b::8.8.8.8", AddressClass.Reserved)]
    [InlineData("64:ff9b:1::10.0.0.1", AddressClass.Private)]
    [InlineData("2002:808:808::", AddressClass.Reserved)]
    [InlineData("2001:0:4136:e378:8000:63bf:5601:5601", AddressClass.CloudMetadata)] // 169.254.169.254 behind Teredo
    [InlineData("224.0.0.1", AddressClass.Reserved)]
    [InlineData("255.255.255.255", AddressClass.Reserved)]
    [InlineData("64:ff9b::a9fe:a9fe", AddressClass.CloudMetadata)] // 169.254.169.254 behind NAT64
    [InlineData("2002:7f00:1::", AddressClass.Loopback)] // 127.0.0.1 behind 6to4
    public void Of_KnowsTheRegistries(string address, AddressClass expected) =>
        AddressClasses.Classify(IPAddress.Parse(address)).ShouldBe(expected);
}
