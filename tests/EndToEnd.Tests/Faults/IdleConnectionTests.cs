using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.EndToEnd.Tests.HighAvailability;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.State;
using Culvert.Platform.Certificates;
using Culvert.Stage.Hops;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>S36: idle connections keep no client with a request from either port.</summary>
[Collection(FaultSystemCollection.Name)]
public sealed class IdleConnectionTests(FaultSystem system) : FaultTest(system)
{
    private const int Idle = 3_000;
    private const int HalfOpen = 1_000;
    private const int Lanes = 16;

    // The one address that asks is not among those that hold.
    private const int Sources = 10;

    [Fact]
    public async Task Idle_MoreConnectionsThanDescriptors_ExchangeAndRenewalAnswer()
    {
        await MendAsync();
        using var assertions = new AssertionSource();
        var exchanger = await Exchanger.CreateAsync(Installation, assertions, Cancel);
        await using var idle = await HoldAsync(Installation.Ports.Api, Idle, isTls: true);
        await using var halfOpen = await HoldAsync(Installation.Ports.Machine, HalfOpen, isTls: false);

        using var client = exchanger.Client(new Uri(Installation.Service.PublicUrl));
        using var granted = await exchanger.SendAsync(client, exchanger.NextAssertion(), Cancel);
        using var machine = Machine();
        using var renewed = await RenewAsync(machine);

        granted.StatusCode.ShouldBe(HttpStatusCode.OK);
        renewed.StatusCode.ShouldBe(HttpStatusCode.OK);
        idle.Count.ShouldBe(Idle);
        var health = Installation.Ports.ServiceHealth;
        (await MetricAsync(health, "culvert_service_connections_closed_total")).ShouldBeGreaterThan(
            Idle - FaultSystem.ServiceDescriptors
        );
        await ShouldSettleBelowAsync(FaultSystem.ServiceDescriptors - 200);
    }

    // Connections that were just refused or cut may still be closing.
    private async Task ShouldSettleBelowAsync(int descriptors)
    {
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(30);
        int open;
        while ((open = CountDescriptors()) >= descriptors && TimeProvider.System.GetUtcNow() < deadline)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancel);
        }

        open.ShouldBeLessThan(descriptors);
    }

    private int CountDescriptors() =>
        Directory.EnumerateFileSystemEntries($"/proc/{Installation.Service.Process.Stamp.Pid}/fd").Count();

    private HttpClient Machine()
    {
        var agent = AgentState
            .Read(
                new IdentityOptions { Url = new Uri(Installation.Service.PublicUrl) },
                Installation.Record.Tunnel.Id,
                Installation.Run.File(TunnelAgent.AutomaticName, "state")
            )
            .Platform!;
        return new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions = new SslClientAuthenticationOptions
                {
                    ClientCertificateContext = agent.Context,
                    CertificateChainPolicy = McpCaller.TrustOnly(Installation.Service.PlatformCaFile),
                },
            }
        )
        {
            BaseAddress = new Uri(Installation.Service.MachineUrl),
            Timeout = Limit,
        };
    }

    private static async Task<HttpResponseMessage> RenewAsync(HttpClient machine)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var content = new StringContent(
            JsonSerializer.Serialize(new { csr = CertificateRequests.Create(key) }),
            Encoding.UTF8,
            "application/json"
        );
        return await machine.PostAsync(new Uri("/v1/agent/renewals", UriKind.Relative), content, Cancel);
    }

    private static async Task<Held> HoldAsync(int port, int count, bool isTls)
    {
        var held = new Held();
        await Task.WhenAll(
            Enumerable
                .Range(0, Lanes)
                .Select(lane =>
                    Task.Run(async () =>
                    {
                        for (var i = lane; i < count; i += Lanes)
                        {
                            await held.OpenAsync(new IPAddress([127, 0, 1, (byte)(1 + (i % Sources))]), port, isTls);
                        }
                    })
                )
        );
        return held;
    }

    private sealed class Held : IAsyncDisposable
    {
        private readonly Lock gate = new();
        private readonly List<Stream> streams = []; // guarded by gate until all are open

        public int Count => streams.Count;

        public async Task OpenAsync(IPAddress from, int port, bool isTls)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(from, 0));
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, Cancel);
            }
            catch (SocketException e) when (!isTls && e.SocketErrorCode == SocketError.ConnectionReset)
            {
                // The service closes what is above an address's bound of handshakes, at times before this end looks.
                socket.Dispose();
                return;
            }

            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (isTls)
            {
                var tls = new SslStream(stream);
                stream = tls;
                await tls.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions
                    {
                        TargetHost = "localhost",
#pragma warning disable CA5359 // who answers does not matter here
                        RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
                    },
                    Cancel
                );
            }

            lock (gate)
            {
                streams.Add(stream);
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var stream in streams)
            {
                await stream.DisposeAsync();
            }
        }
    }
}
