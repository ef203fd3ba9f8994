using System.Security.Authentication;
using Culvert.Platform.Tls;
using Culvert.PropertyTesting;
using Culvert.Tunnel.Edge.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Culvert.Tunnel.Edge.Tests.Ingress;

public sealed class ClientHelloParserTests
{
    private const int Max = 16 * 1024;

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.None)]
    public async Task Feed_HelloOfARealClient_GivesItsName(SslProtocols protocols)
    {
        var bytes = await Hellos.RealAsync("Docs.T1.Example.Test", protocols, "h2", "http/1.1");
        var parser = New();
        parser.Feed(bytes).ShouldBe(HelloVerdict.Complete);
        parser.Hello.ShouldBe(new ClientHello("docs.t1.example.test", false));
    }

    [Fact]
    public async Task Feed_RealHelloSplitAtEveryByte_GivesItsName()
    {
        var bytes = await Hellos.RealAsync("docs.t1.example.test");
        for (var split = 1; split < bytes.Length; split++)
        {
            var parser = New();
            parser.Feed(bytes.AsSpan(0, split)).ShouldBe(HelloVerdict.Incomplete);
            parser.Feed(bytes.AsSpan(split)).ShouldBe(HelloVerdict.Complete);
            parser.Hello!.ServerName.ShouldBe("docs.t1.example.test");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Feed_RealHelloInTinyRecordsByteByByte_GivesItsName(int recordBytes)
    {
        var bytes = Hellos.Fragment(await Hellos.RealAsync("docs.t1.example.test"), recordBytes);
        var parser = New();
        for (var i = 0; i < bytes.Length - 1; i++)
        {
            parser.Feed(bytes.AsSpan(i, 1)).ShouldBe(HelloVerdict.Incomplete);
        }

        parser.Feed(bytes.AsSpan(bytes.Length - 1)).ShouldBe(HelloVerdict.Complete);
        parser.Hello!.ServerName.ShouldBe("docs.t1.example.test");
    }

    [Fact]
    public async Task Feed_AcmeChallengeHello_IsMarked()
    {
        var parser = New();
        parser.Feed(await Hellos.RealAsync("docs.t1.example.test", SslProtocols.None, "acme-tls/1"));
        parser.Hello!.OffersAcme.ShouldBeTrue();
        parser.Hello.IsChallenge.ShouldBeTrue();
    }

    [Theory] // S25: a challenge offers nothing else
    [InlineData("acme-tls/1", "h2")]
    [InlineData("acme-tls/1", "acme-tls/1")]
    public void Feed_AcmeBesideOthers_IsNoChallenge(string first, string second)
    {
        var parser = New();
        parser.Feed(Hellos.Build(Hellos.ServerName("docs.t1.example.test"), Hellos.Alpn(first, second)));
        parser.Hello!.OffersAcme.ShouldBeTrue();
        parser.Hello.IsChallenge.ShouldBeFalse();
    }

    [Fact]
    public void Feed_HelloWithoutServerName_SaysSo()
    {
        Verdict(Hellos.Build()).ShouldBe(HelloVerdict.NoServerName);
        Verdict(Hellos.Build(Hellos.Alpn("h2"))).ShouldBe(HelloVerdict.NoServerName);
        Verdict(Hellos.Record(Hellos.Message(Hellos.Body()[..^2]))).ShouldBe(HelloVerdict.NoServerName);
        Verdict(Hellos.Build(Hellos.Extension(0, Hellos.NameList((1, "other type")))))
            .ShouldBe(HelloVerdict.NoServerName);
    }

    public static TheoryData<string, byte[]> Broken =>
        new()
        {
            { "empty record", [22, 3, 1, 0, 0] },
            { "record above 2^14", [22, 3, 1, 0x40, 0x01] },
            { "server hello", Hellos.Record([2, 0, 0, 1, 0]) },
            { "empty body", Hellos.Record(Hellos.Message([])) },
            { "cut in the random", Hellos.Record(Hellos.Message(Hellos.Body()[..20])) },
            {
                "session id of 33 bytes",
                Hellos.Record(Hellos.Message([3, 3, .. new byte[32], 33, .. new byte[33], 0, 2, 0x13, 1, 1, 0]))
            },
            { "no cipher suite", Hellos.Record(Hellos.Message([3, 3, .. new byte[32], 0, 0, 0, 1, 0])) },
            { "odd cipher suites", Hellos.Record(Hellos.Message([3, 3, .. new byte[32], 0, 0, 3, 1, 1, 1, 1, 0])) },
            { "no compression method", Hellos.Record(Hellos.Message([3, 3, .. new byte[32], 0, 0, 2, 0x13, 1, 0])) },
            { "extensions longer than the message", Hellos.Record(Hellos.Message([.. Hellos.Body()[..^2], 0, 1])) },
            { "bytes behind the extensions", Hellos.Record(Hellos.Message([.. Hellos.Body(), 0])) },
            { "extension twice", Hellos.Build(Hellos.Extension(5), Hellos.Extension(5)) },
            { "extension longer than its list", Hellos.Build([0, 5, 0, 9]) },
            { "empty name list", Hellos.Build(Hellos.Extension(0, 0, 0)) },
            { "name list without length", Hellos.Build(Hellos.Extension(0)) },
            { "bytes behind the name list", Hellos.Build(Hellos.Extension(0, [.. Hellos.NameList((0, "a")), 0])) },
            { "name longer than its list", Hellos.Build(Hellos.Extension(0, 0, 4, 0, 0, 9, 65)) },
            { "two names", Hellos.Build(Hellos.Extension(0, Hellos.NameList((0, "a"), (0, "b")))) },
            { "empty name", Hellos.Build(Hellos.ServerName("")) },
            { "name of 254 bytes", Hellos.Build(Hellos.ServerName(new string('a', 254))) },
            { "name with a space", Hellos.Build(Hellos.ServerName("a b")) },
            { "name with a zero", Hellos.Build(Hellos.ServerName("a\0b")) },
            { "name with a line end", Hellos.Build(Hellos.ServerName("a\r\nb")) },
            { "name that is not ASCII", Hellos.Build(Hellos.ServerName("ü.example.test")) },
            { "empty ALPN list", Hellos.Build(Hellos.Extension(16, 0, 0)) },
            { "empty ALPN name", Hellos.Build(Hellos.Extension(16, 0, 1, 0)) },
            { "ALPN name longer than its list", Hellos.Build(Hellos.Extension(16, 0, 2, 5, 65)) },
        };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Feed_BrokenHello_IsMalformed(string fault, byte[] bytes) =>
        Verdict(bytes).ShouldBe(HelloVerdict.Malformed, fault);

    [Theory]
    [InlineData(new byte[] { (byte)'G' })]
    [InlineData(new byte[] { 21 })]
    [InlineData(new byte[] { 22, 2 })]
    [InlineData(new byte[] { 0x80, 0x2e })] // SSL 2 hello
    public void Feed_FirstBytesOfSomethingElse_IsNotTls(byte[] bytes) => Verdict(bytes).ShouldBe(HelloVerdict.NotTls);

    [Fact]
    public void Feed_SecondRecordOfAnotherType_IsNotTls()
    {
        var record = Hellos.Build(Hellos.ServerName("a"));
        Verdict([.. Hellos.Record(record[5..20]), 23, 3, 3]).ShouldBe(HelloVerdict.NotTls);
    }

    [Theory]
    [InlineData(0, HelloVerdict.Complete)]
    [InlineData(1, HelloVerdict.TooLarge)]
    internal void Feed_HelloAtTheBound_IsTheLastAllowed(int beyond, HelloVerdict expected)
    {
        var name = Hellos.ServerName("a.example.test");
        var rest = 1000 - Hellos.Message(Hellos.Body(name)).Length - 4;
        var record = Hellos.Build(name, Hellos.Extension(21, new byte[rest + beyond])); // padding (RFC 7685)
        new ClientHelloParser(new byte[1000]).Feed(record).ShouldBe(expected);
    }

    [Fact]
    public void Feed_AnnouncedLengthBeyondTheBound_IsRefusedAtOnce() =>
        Verdict(Hellos.Record([1, 0xff, 0xff, 0xff])).ShouldBe(HelloVerdict.TooLarge);

    [Fact]
    public void Feed_AnyBytes_GivesAVerdict() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => Enum.IsDefined(Verdict([22, 3, 1, .. bytes ?? []])))
            .CheckSeeded();

    [Fact]
    public void Feed_AnyBody_GivesAVerdict() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                bytes =>
                {
                    Verdict(Hellos.Record(Hellos.Message([.. Hellos.Body()[..^2], .. bytes ?? []])));
                    Verdict(Hellos.Build(bytes ?? []));
                    Verdict(Hellos.Build(Hellos.Extension(0, bytes ?? []), Hellos.Extension(16, bytes ?? [])));
                }
            )
            .CheckSeeded();

    /// <summary>One changed byte anywhere in a real hello: another verdict or name perhaps, never an exception.</summary>
    [Fact]
    public async Task Feed_RealHelloWithOneByteChanged_GivesAVerdict()
    {
        var original = await Hellos.RealAsync("docs.t1.example.test");
        for (var i = 0; i < original.Length; i++)
        {
            foreach (var value in (byte[])[0, 1, 0x7f, 0xff])
            {
                byte[] changed = [.. original];
                changed[i] = value;
                Enum.IsDefined(Verdict(changed)).ShouldBeTrue();
            }
        }
    }

    private static ClientHelloParser New() => new(new byte[Max]);

    private static HelloVerdict Verdict(byte[] bytes) => New().Feed(bytes);
}
