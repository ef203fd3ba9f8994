using System.Buffers.Binary;
using System.Text;
using Culvert.Machine.Client.Tokens.Detection;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Tokens.Detection;

public sealed class SpiffeDetectorTests : IAsyncLifetime
{
    private readonly PlatformUnderTest platform = new();

    public ValueTask InitializeAsync()
    {
        platform["SPIFFE_ENDPOINT_SOCKET"] = $"unix://{platform.SocketPath}";
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    [Fact]
    public async Task Read_AsksTheWorkloadApiForOurAudience()
    {
        await ServeAsync(Answer(("spiffe://td/a", PlatformUnderTest.Token), ("spiffe://td/b", "other")), "0");

        (await platform.ReadAsync()).ShouldBe(PlatformUnderTest.Token);

        var call = platform.Requests[0];
        call.Target.ShouldBe("/SpiffeWorkloadAPI/FetchJWTSVID");
        call.Headers["workload.spiffe.io"].ShouldBe("true");
        // Field 1, 33 bytes.
        call.Body.ShouldBe([0, 0, 0, 0, 35, 0x0a, 33, .. Encoding.UTF8.GetBytes(PlatformUnderTest.Audience)]);
    }

    [Theory]
    [InlineData("7", "register it")]
    [InlineData("14", "status 14")]
    public async Task Read_Refused_SaysWhy(string status, string expected)
    {
        await ServeAsync([], status);

        (await platform.FaultAsync()).ShouldContain(expected);
    }

    [Fact]
    public async Task Read_EmptyAnswer_IsRefused()
    {
        await ServeAsync(Answer(), "0");

        (await platform.FaultAsync()).ShouldContain("contains no JWT-SVID");
    }

    [Fact]
    public async Task Read_NoSocket_SaysWhichOne() =>
        (await platform.FaultAsync()).ShouldContain(platform.SocketPath + " cannot be reached");

    [Theory]
    [InlineData("unix:")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("tcp://example.com:1")]
    [InlineData("agent.sock")]
    public async Task Read_OtherAddresses_AreRefused(string address)
    {
        platform["SPIFFE_ENDPOINT_SOCKET"] = address;

        (await platform.FaultAsync()).ShouldContain("is not unix:///path or tcp://ip:port");
    }

    [Fact]
    public void FirstToken_SkipsWhatItDoesNotKnow()
    {
        byte[] svid = [0x08, 0x96, 0x01, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1d, 1, 2, 3, 4, 0x12, 3, .. "a.b"u8];

        WorkloadMessages.FirstToken(Framed([0x0a, (byte)svid.Length, .. svid])).ShouldBe("a.b");
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000000001")]
    [InlineData("010000000000")]
    [InlineData("00000000020aff")]
    [InlineData("00000000030a0112")]
    [InlineData("000000000b0affffffffffffffffff01")]
    [InlineData("00000000010b")]
    public void FirstToken_OutOfShape_IsNone(string hex) =>
        WorkloadMessages.FirstToken(Convert.FromHexString(hex)).ShouldBeNull();

    [Fact]
    public void FirstToken_AnyBytes_DoesNotThrow() =>
        Prop.ForAll<byte[]>(bytes =>
            {
                WorkloadMessages.FirstToken(bytes ?? []);
                WorkloadMessages.FirstToken(Framed(bytes ?? []));
            })
            .CheckSeeded();

    private Task ServeAsync(byte[] body, string status) =>
        platform.ServeWorkloadApiAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.DeclareTrailer("grpc-status");
            await http.Response.Body.WriteAsync(body);
            http.Response.AppendTrailer("grpc-status", status);
        });

    private static byte[] Answer(params (string Id, string Token)[] svids)
    {
        using var message = new MemoryStream();
        foreach (var (id, token) in svids)
        {
            byte[] svid =
            [
                0x0a,
                (byte)id.Length,
                .. Encoding.UTF8.GetBytes(id),
                0x12,
                (byte)token.Length,
                .. Encoding.UTF8.GetBytes(token),
            ];
            message.Write([0x0a, (byte)svid.Length, .. svid]);
        }

        return Framed(message.ToArray());
    }

    private static byte[] Framed(byte[] message)
    {
        var framed = new byte[5 + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)message.Length);
        message.CopyTo(framed, 5);
        return framed;
    }
}
