using System.IO.Pipelines;
using System.Net;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Hosting.Proxies;
using Culvert.Identity.Service.Http;
using Culvert.Platform.Addresses;
using Culvert.Platform.Net;
using Culvert.Testing;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Hosting.Proxies;

/// <summary>What a connection must begin with, and what it is then.</summary>
public sealed class ProxyHeaderReaderTests
{
    private const string Balancer = "10.0.0.1";

    private readonly FakeTimeProvider time = new();

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("2001:db8::7")]
    public async Task Serve_Header_IsTheClientFromThenOn(string client)
    {
        var connection = new Connection(Balancer);
        await connection.SendAsync([.. ProxyHeaders.From(client, 8080), .. "hello"u8]);

        await Reader().ServeAsync(connection, connection.ReadAsync);

        connection.RemoteEndPoint.ShouldBe(new IPEndPoint(IPAddress.Parse(client), 8080));
        connection.Received.ShouldBe("hello"u8.ToArray());
    }

    [Fact]
    public async Task Serve_HeaderByteByByte_IsRead()
    {
        var connection = new Connection(Balancer);
        var serving = Reader().ServeAsync(connection, connection.ReadAsync);

        foreach (var one in ProxyHeaders.From("192.0.2.7", extraBytes: 3))
        {
            await connection.SendAsync([one]);
        }

        await connection.SendAsync("x"u8.ToArray());
        await serving;
        connection.RemoteEndPoint.ShouldBe(IPEndPoint.Parse("192.0.2.7:4711"));
    }

    [Fact]
    public async Task Serve_Local_IsTheBalancer()
    {
        var connection = new Connection(Balancer);
        await connection.SendAsync([.. ProxyHeaders.Local, .. "x"u8]);

        await Reader().ServeAsync(connection, connection.ReadAsync);

        ((IPEndPoint)connection.RemoteEndPoint!).Address.ShouldBe(IPAddress.Parse(Balancer));
        connection.WasServed.ShouldBeTrue();
    }

    public static TheoryData<string, byte[]> Refusals =>
        new()
        {
            { "192.0.2.1", ProxyHeaders.From("192.0.2.7") }, // not listed
            { Balancer, [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 1, 2, 3, 4, 5] }, // TLS
            { Balancer, [.. "PROXY TCP4 192.0.2.7 10.0.0.1 8080 443\r\n"u8] }, // version 1
            { Balancer, [.. ProxyHeaders.Signature, 0x21, 0x31, 0, 216, .. new byte[216]] }, // UNIX sockets
            { Balancer, [.. ProxyHeaders.Signature, 0x21, 0x11, 0, 11, .. new byte[11]] },
            { Balancer, ProxyHeaders.From("192.0.2.7", extraBytes: 2048 - 12 + 1) },
        };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public async Task Serve_NoHeaderThatCounts_IsClosed(string peer, byte[] bytes)
    {
        var connection = new Connection(peer);
        await connection.SendAsync(bytes);

        await Reader().ServeAsync(connection, connection.ReadAsync);

        (connection.WasServed, connection.IsAborted).ShouldBe((false, true));
        ((IPEndPoint)connection.RemoteEndPoint!).Address.ShouldBe(IPAddress.Parse(peer));
    }

    [Fact]
    public async Task Serve_LargestHeader_IsRead()
    {
        var connection = new Connection(Balancer);
        await connection.SendAsync([.. ProxyHeaders.From("192.0.2.7", extraBytes: 2048 - 12), .. "x"u8]);

        await Reader().ServeAsync(connection, connection.ReadAsync);

        connection.Received.ShouldBe("x"u8.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(27)]
    public async Task Serve_HeaderTooLate_IsClosedAtTheDeadline(int bytes)
    {
        var connection = new Connection(Balancer);
        await connection.SendAsync(ProxyHeaders.From("192.0.2.7")[..bytes]);
        var serving = Reader().ServeAsync(connection, connection.ReadAsync);

        time.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromMilliseconds(1));
        connection.IsAborted.ShouldBeFalse();
        time.Advance(TimeSpan.FromMilliseconds(1));
        await serving;

        (connection.WasServed, connection.IsAborted).ShouldBe((false, true));
    }

    [Fact]
    public async Task Serve_ClosedWithinTheHeader_IsNotServed()
    {
        var connection = new Connection(Balancer);
        await connection.SendAsync(ProxyHeaders.From("192.0.2.7")[..20]);
        await connection.EndAsync();

        await Reader().ServeAsync(connection, connection.ReadAsync);

        connection.WasServed.ShouldBeFalse();
    }

    [Fact]
    public async Task Serve_TooManyWithoutHeader_TheNextIsClosedUntilOneIsRead()
    {
        var reader = Reader(maxReading: 1);
        var first = new Connection(Balancer);
        var serving = reader.ServeAsync(first, first.ReadAsync);
        var second = new Connection(Balancer);

        await reader.ServeAsync(second, second.ReadAsync);

        (first.IsAborted, second.IsAborted).ShouldBe((false, true));
        await first.SendAsync([.. ProxyHeaders.Local, .. "x"u8]);
        await serving;
        var third = new Connection(Balancer);
        await third.SendAsync([.. ProxyHeaders.Local, .. "x"u8]);
        await reader.ServeAsync(third, third.ReadAsync);
        third.WasServed.ShouldBeTrue();
    }

    private ProxyHeaderReader Reader(int maxReading = 10)
    {
        AddressRanges.TryParse(["10.0.0.0/24"], out var proxies, out _).ShouldBeTrue();
        var options = new ProxyProtocolOptions { Required = true, TrustedProxies = proxies };
        return new ProxyHeaderReader(Listener.Api, () => options, () => maxReading, time, NullLogger.Instance);
    }

    /// <summary>A connection whose bytes the test sends.</summary>
    private sealed class Connection : DefaultConnectionContext
    {
        private readonly Pipe bytes = new();

        public Connection(string peer)
        {
            RemoteEndPoint = new IPEndPoint(IPAddress.Parse(peer), 4711);
            Transport = new Duplex(bytes.Reader, new Pipe().Writer);
        }

        public bool IsAborted { get; private set; }

        public bool WasServed { get; private set; }

        public byte[] Received { get; private set; } = [];

        public async Task SendAsync(byte[] sent) => await bytes.Writer.WriteAsync(sent);

        public ValueTask EndAsync() => bytes.Writer.CompleteAsync();

        /// <summary>What comes next in the server: takes what is there.</summary>
        public async Task ReadAsync(ConnectionContext connection)
        {
            WasServed = true;
            var read = await connection.Transport.Input.ReadAsync(TestContext.Current.CancellationToken);
            Received = System.Buffers.BuffersExtensions.ToArray(read.Buffer);
        }

        public override void Abort(ConnectionAbortedException abortReason) => IsAborted = true;
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
