using System.Net;
using Culvert.Identity.Service.Hosting.Proxies;
using Culvert.Platform.Addresses;
using Culvert.Platform.Net;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Primitives;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Hosting.Proxies;

/// <summary>Which client the headers of HTTP balancers at 10.0.0.0/8 and fd00::/8 name.</summary>
public sealed class ForwardedForTests
{
    private const string Refused = "refused";
    private const string None = "none";

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("192.0.2.7:8080", "192.0.2.7")]
    [InlineData("2001:db8::7", "2001:db8::7")]
    [InlineData("[2001:db8::7]", "2001:db8::7")]
    [InlineData("[2001:db8::7]:65535", "2001:db8::7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("198.51.100.1, 192.0.2.7", "192.0.2.7")] // the left one is what the client wrote
    [InlineData("198.51.100.1,192.0.2.7,10.1.2.3,fd00::1", "192.0.2.7")]
    [InlineData("unknown, 192.0.2.7", "192.0.2.7")] // not read that far
    [InlineData("10.1.2.3, 10.1.2.4", "10.1.2.3")] // a proxy asks for itself
    [InlineData("", Refused)]
    [InlineData("192.0.2.7,", Refused)]
    [InlineData("192.0.2.7, unknown", Refused)]
    [InlineData("192.0.2.7, _hidden", Refused)]
    [InlineData("unknown, 10.1.2.3", Refused)]
    [InlineData("192.0.2.07", Refused)]
    [InlineData("192.0.2.0/24", Refused)]
    [InlineData("192.0.2.7:65536", Refused)]
    [InlineData("192.0.2.7:", Refused)]
    [InlineData("[192.0.2.7]", Refused)]
    [InlineData("[2001:db8::7", Refused)]
    [InlineData("[2001:db8::7]8080", Refused)]
    [InlineData("[2001:db8::7%1]", Refused)]
    public void TryFind_XForwardedFor(string line, string expected) => Find(default, line).ShouldBe(expected);

    [Theory]
    [InlineData("for=192.0.2.7", "192.0.2.7")]
    [InlineData("For=\"192.0.2.7:8080\"", "192.0.2.7")]
    [InlineData("for=\"[2001:db8::7]:8080\";proto=https;by=10.0.0.1", "2001:db8::7")]
    [InlineData("proto=https; for=192.0.2.7 ; host=\"a,b;for=198.51.100.1\"", "192.0.2.7")]
    [InlineData("for=198.51.100.1, for=192.0.2.7,for=10.1.2.3", "192.0.2.7")]
    [InlineData("for=unknown, for=192.0.2.7", "192.0.2.7")]
    [InlineData("for=\"192.0.2\\.7\"", "192.0.2.7")]
    [InlineData("", Refused)]
    [InlineData("for=192.0.2.7,", Refused)]
    [InlineData("for=192.0.2.7;;proto=https", Refused)]
    [InlineData("for=192.0.2.7, proto=https", Refused)] // the last balancer names no client
    [InlineData("for=192.0.2.7, for=unknown", Refused)]
    [InlineData("for=\"_hidden\"", Refused)]
    [InlineData("for=192.0.2.7;for=192.0.2.8", Refused)]
    [InlineData("for=192.0.2.7:8080", Refused)] // a colon takes quotes (RFC 7239 §4)
    [InlineData("for=\"192.0.2.7", Refused)]
    [InlineData("for=\"192.0.2.7\\", Refused)]
    [InlineData("for 192.0.2.7", Refused)]
    [InlineData("192.0.2.7", Refused)]
    public void TryFind_Forwarded(string line, string expected) => Find(line, default).ShouldBe(expected);

    [Theory]
    [InlineData("for=192.0.2.7", "192.0.2.7", "192.0.2.7")]
    [InlineData("for=198.51.100.1", "192.0.2.7", Refused)]
    [InlineData("for=192.0.2.7", "192.0.2.7, unknown", Refused)]
    [InlineData("for=", "192.0.2.7", Refused)]
    [InlineData(null, null, None)]
    public void TryFind_BothHeaders_MustAgree(string? forwarded, string? forwardedFor, string expected) =>
        Find(forwarded, forwardedFor).ShouldBe(expected);

    [Fact] // a client's own line cannot open a quote that swallows the balancer's
    public void TryFind_QuoteOverLines_IsRefused() =>
        Find(new StringValues(["for=198.51.100.1;by=\"", "for=192.0.2.7;by=\";x=y"]), default).ShouldBe(Refused);

    [Fact]
    public void TryFind_SeveralLines_AreOneList() =>
        Find(default, new StringValues(["198.51.100.1", "192.0.2.7", "10.1.2.3"])).ShouldBe("192.0.2.7");

    [Fact]
    public void TryFind_AnyText_GivesAnAddressOrARefusal() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<string>(),
                ArbMap.Default.ArbFor<string>(),
                (forwarded, forwardedFor) => Find($"for={forwarded}", forwardedFor).Length > 0
            )
            .CheckSeeded(2_000);

    [Fact]
    public void TryFind_PiecesOfHeaders_GiveAnAddressOrARefusal() =>
        Prop.ForAll(
                Gen.Elements("for", "=", "\"", "\\", ",", ";", " ", "[", "]", ":", "1", "192.0.2.7", "10.0.0.1", "_")
                    .ArrayOf()
                    .Select(string.Concat)
                    .ToArbitrary(),
                line => Find(line, default).Length > 0 && Find(default, line).Length > 0
            )
            .CheckSeeded(2_000);

    private static string Find(StringValues forwarded, StringValues forwardedFor)
    {
        AddressRanges.TryParse(["10.0.0.0/8", "fd00::/8"], out var proxies, out _).ShouldBeTrue();
        return ForwardedFor.TryFind(forwarded, forwardedFor, proxies, out IPAddress? client)
            ? client?.ToString() ?? None
            : Refused;
    }
}
