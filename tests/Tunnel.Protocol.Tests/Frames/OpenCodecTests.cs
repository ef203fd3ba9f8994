using System.Net;
using System.Text;
using Culvert.PropertyTesting;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Culvert.Tunnel.Protocol.Tests.Frames;

public sealed class OpenCodecTests
{
    private static readonly OpenPayload Full = new()
    {
        ServerName = "docs.t1.example.test",
        Client = new IPEndPoint(IPAddress.Parse("2001:db8::1"), 65535),
        ConnectionId = "c-1",
        TraceContext = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        Identity = new ClientIdentity
        {
            CertificateAuthorityId = "tcca_1",
            CertificateSha256 = new byte[32],
            MatchedName = "spiffe://products.test/ä",
        },
    };

    [Fact]
    public void Write_ThenRead_GivesTheSamePayload()
    {
        var read = OpenCodec.Read(Encode(Full));
        read.ServerName.ShouldBe(Full.ServerName);
        read.Client.ShouldBe(Full.Client);
        read.ConnectionId.ShouldBe(Full.ConnectionId);
        read.TraceContext.ShouldBe(Full.TraceContext);
        read.Identity!.MatchedName.ShouldBe(Full.Identity!.MatchedName);
        read.Identity.CertificateAuthorityId.ShouldBe(Full.Identity.CertificateAuthorityId);
        read.Identity.CertificateSha256.ToArray().ShouldBe(new byte[32]);
    }

    [Fact]
    public void Write_SmallestPayload_GivesTheGoldenBytes() =>
        Encode(
                new OpenPayload
                {
                    ServerName = "a",
                    Client = new IPEndPoint(IPAddress.Loopback, 8080),
                    ConnectionId = "c1",
                }
            )
            .ShouldBe(Bytes.Hex("0001 0001 61  0002 0006 7F0000011F90  0003 0002 6331"));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Read_MissingField_IsProtocolError(int missing)
    {
        byte[] payload =
        [
            .. missing == 1 ? [] : Bytes.Field(1, (byte)'a'),
            .. missing == 2 ? [] : Bytes.Field(2, 127, 0, 0, 1, 0, 1),
            .. missing == 3 ? [] : Bytes.Field(3, (byte)'c'),
        ];
        ShouldBeProtocolError(payload);
    }

    [Theory]
    [InlineData("0004 0001 61")] // a part of an identity
    [InlineData("0005 001F 00000000000000000000000000000000000000000000000000000000000000")] // 31 bytes
    [InlineData("0007 0001 61")] // unknown, high bit clear
    [InlineData("0003 0001 61")] // duplicate
    [InlineData("8007 0000")] // empty trace context
    [InlineData("0006 0002 C328")] // not UTF-8
    public void Read_BrokenExtraField_IsProtocolError(string extra) =>
        ShouldBeProtocolError([.. Bytes.OpenPayload(), .. Bytes.Hex(extra)]);

    [Theory]
    [InlineData("")]
    [InlineData("7F000001")]
    [InlineData("7F00000100")]
    [InlineData("7F000001000000")]
    public void Read_AddressOfWrongSize_IsProtocolError(string address) =>
        ShouldBeProtocolError([
            .. Bytes.Field(1, (byte)'a'),
            .. Bytes.Field(2, Bytes.Hex(address)),
            .. Bytes.Field(3, (byte)'c'),
        ]);

    [Theory]
    [InlineData(253, true)]
    [InlineData(254, false)]
    public void SizeOf_ServerName_IsAtMost253Bytes(int length, bool allowed)
    {
        var open = Full with { ServerName = new string('a', length) };
        if (allowed)
        {
            OpenCodec.Read(Encode(open)).ServerName.Length.ShouldBe(length);
        }
        else
        {
            Should.Throw<ArgumentException>(() => OpenCodec.GetSize(open));
            ShouldBeProtocolError(Bytes.OpenPayload(open.ServerName));
        }
    }

    [Fact]
    public void SizeOf_LargestPayload_FitsTheFrame() =>
        OpenCodec
            .GetSize(
                new OpenPayload
                {
                    ServerName = new string('a', 253),
                    Client = Full.Client,
                    ConnectionId = new string('c', 64),
                    TraceContext = new string('t', 256),
                    Identity = new ClientIdentity
                    {
                        CertificateAuthorityId = new string('i', 64),
                        CertificateSha256 = new byte[32],
                        MatchedName = new string('n', 512),
                    },
                }
            )
            .ShouldBeLessThanOrEqualTo(FrameReader.MaxOpenBytes);

    [Fact]
    public void Read_AnyBytes_GivesAPayloadOrATypedError() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                bytes =>
                {
                    Read(bytes ?? []);
                    Read([.. Bytes.OpenPayload(), .. bytes ?? []]);
                }
            )
            .CheckSeeded();

    private static byte[] Encode(OpenPayload open)
    {
        var bytes = new byte[OpenCodec.GetSize(open)];
        OpenCodec.Write(bytes, open);
        return bytes;
    }

    private static void Read(byte[] payload)
    {
        try
        {
            OpenCodec.Read(payload);
        }
        catch (MuxConnectionException)
        {
            // the typed error
        }
    }

    private static void ShouldBeProtocolError(byte[] payload) =>
        Should
            .Throw<MuxConnectionException>(() => OpenCodec.Read(payload))
            .Code.ShouldBe(ConnectionErrorCode.Protocol, Encoding.ASCII.GetString(payload));
}
