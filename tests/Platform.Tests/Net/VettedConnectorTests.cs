using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Net;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Net;

public sealed class VettedConnectorTests : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly FakeHostResolver resolver = new();

    public VettedConnectorTests() => listener.Start();

    private int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public void Dispose() => listener.Dispose();

    [Fact]
    public async Task Connect_PermittedAddress_GoesThereAfterOneQuestion()
    {
        resolver.With("a.test", "127.0.0.1");

        await using var stream = await Connector(_ => null)
            .ConnectAsync("a.test", Port, TestContext.Current.CancellationToken);

        stream.Socket.RemoteEndPoint.ShouldBe(new IPEndPoint(IPAddress.Loopback, Port));
        resolver.Questions.ShouldBe(1);
    }

    [Fact]
    public async Task Connect_MixedAddresses_UsesOnlyThePermittedOne()
    {
        resolver.With("a.test", "127.0.0.9", "127.0.0.1");
        var connector = Connector(e => e.Address.Equals(IPAddress.Loopback) ? null : "no");

        await using var stream = await connector.ConnectAsync("a.test", Port, TestContext.Current.CancellationToken);

        stream.Socket.RemoteEndPoint.ShouldBe(new IPEndPoint(IPAddress.Loopback, Port));
    }

    [Fact]
    public async Task Connect_MappedAddress_IsVettedAsIpv4()
    {
        resolver.With("a.test", "::ffff:127.0.0.1");
        IPEndPoint? vetted = null;

        await using var stream = await Connector(e =>
            {
                vetted = e;
                return null;
            })
            .ConnectAsync("a.test", Port, TestContext.Current.CancellationToken);

        vetted.ShouldBe(new IPEndPoint(IPAddress.Loopback, Port));
    }

    [Fact]
    public async Task Connect_NonePermitted_NamesTheAddressAndTheReason()
    {
        resolver.With("a.test", "127.0.0.1");

        var fault = await Fault(Connector(_ => "not here"), "a.test");

        (fault.Failure, fault.Address, fault.Reason).ShouldBe((ConnectFailure.Refused, IPAddress.Loopback, "not here"));
    }

    [Fact]
    public async Task Connect_UnknownName_IsUnresolvable() =>
        (await Fault(Connector(_ => null), "b.test")).Failure.ShouldBe(ConnectFailure.Unresolvable);

    [Fact]
    public async Task Connect_LiteralAddress_AsksNobodyAndIsVetted()
    {
        (await Fault(Connector(_ => "no"), "127.0.0.1")).Failure.ShouldBe(ConnectFailure.Refused);

        resolver.Questions.ShouldBe(0);
    }

    [Fact]
    public async Task Connect_NobodyListens_IsUnreachable()
    {
        var port = LoopbackPort.Free();

        var fault = await Should.ThrowAsync<VettedConnectException>(async () =>
            await Connector(_ => null).ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken)
        );

        fault.Failure.ShouldBe(ConnectFailure.Unreachable);
    }

    [Fact]
    public async Task Connect_FirstAddressDead_TriesTheNext()
    {
        resolver.With("a.test", "127.0.0.9", "127.0.0.1"); // the listener is on .1 alone

        await using var stream = await Connector(_ => null)
            .ConnectAsync("a.test", Port, TestContext.Current.CancellationToken);

        stream.Socket.RemoteEndPoint.ShouldBe(new IPEndPoint(IPAddress.Loopback, Port));
    }

    private VettedConnector Connector(Func<IPEndPoint, string?> vet) => new(vet, TimeProvider.System, resolver);

    private async Task<VettedConnectException> Fault(VettedConnector connector, string host) =>
        await Should.ThrowAsync<VettedConnectException>(async () =>
            await connector.ConnectAsync(host, Port, TestContext.Current.CancellationToken)
        );
}
