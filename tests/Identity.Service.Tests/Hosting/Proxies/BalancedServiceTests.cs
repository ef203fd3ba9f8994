using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Addresses;
using Culvert.Platform.Net;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Hosting.Proxies;

/// <summary>A whole service behind a balancer on 127.0.0.1: who the client is, in limits, history and audit.</summary>
public sealed class BalancedServiceTests
{
    private const string Path = "/v1/organizations/current";

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact] // ten failures a second are the limit of one address
    public async Task BadKeysOfOneClient_DoNotTouchAnother()
    {
        await using var service = await StartTcpAsync();
        using var bad = service.Client("clv_adm_x", proxyHeader: ProxyHeaders.From("192.0.2.7"));
        using var good = service.Client(service.AdminKey, proxyHeader: ProxyHeaders.From("192.0.2.8"));
        var statuses = await Task.WhenAll(Enumerable.Range(0, 80).Select(_ => StatusAsync(bad)));
        statuses.ShouldContain(HttpStatusCode.TooManyRequests);

        (await StatusAsync(good)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task FloodOfOneClient_DoesNotTouchAnother()
    {
        await using var service = await StartTcpAsync();
        using var flood = service.Client(null, proxyHeader: ProxyHeaders.From("192.0.2.7"));
        using var other = service.Client(null, proxyHeader: ProxyHeaders.From("2001:db8::8"));
        var statuses = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => StatusAsync(flood, "/v1/platform_ca")));
        statuses.Count(status => status == HttpStatusCode.OK).ShouldBe(50);

        (await StatusAsync(other, "/v1/platform_ca")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Audit_NamesTheClient()
    {
        await using var service = await StartTcpAsync();
        using var client = service.Client(service.AdminKey, proxyHeader: ProxyHeaders.From("192.0.2.7"));

        using var created = await client.PostAsJsonAsync("/v1/tunnels", new { display_name = "docs" }, Cancel);

        created.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetStringAsync("/v1/audit", Cancel)).ShouldContain("\"ip_address\":\"192.0.2.7\"");
    }

    [Fact]
    public async Task Connections_AreBoundByTheClientsAddress()
    {
        await using var service = await StartTcpAsync(o =>
            o with
            {
                Limits = o.Limits with { NewConnectionsPerAddress = new RateLimit(1, TimeSpan.FromSeconds(1)) },
            }
        );
        (await IsServedAsync(service.ApiUrl, ProxyHeaders.From("192.0.2.7"))).ShouldBeTrue();
        (await IsServedAsync(service.ApiUrl, ProxyHeaders.From("192.0.2.7"))).ShouldBeFalse();

        (await IsServedAsync(service.ApiUrl, ProxyHeaders.From("192.0.2.8"))).ShouldBeTrue();
    }

    [Fact]
    public async Task Connections_BoundThatChanges_CountsForTheNextOne()
    {
        await using var service = await StartTcpAsync();
        (await IsServedAsync(service.ApiUrl, ProxyHeaders.From("192.0.2.7"))).ShouldBeTrue();

        await service.ReloadAsync(o =>
            o with
            {
                Limits = o.Limits with { NewConnectionsPerAddress = new RateLimit(1, TimeSpan.FromSeconds(1)) },
            }
        );

        (await IsServedAsync(service.ApiUrl, ProxyHeaders.From("192.0.2.8"))).ShouldBeTrue();
        (await IsServedAsync(service.ApiUrl, ProxyHeaders.From("192.0.2.8"))).ShouldBeFalse();
        (await IsServedAsync(service.MachineUrl, ProxyHeaders.From("192.0.2.8"))).ShouldBeTrue();
        (await IsServedAsync(service.MachineUrl, ProxyHeaders.From("192.0.2.8"))).ShouldBeFalse();
    }

    [Fact]
    public async Task Balancers_ThatChange_CountForTheNextConnectionOfTheirPort()
    {
        await using var service = await StartTcpAsync(proxies: "192.0.2.1/32");
        (await IsServedAsync(service.ApiUrl, ProxyHeaders.From("192.0.2.7"))).ShouldBeFalse();

        await service.ReloadAsync(o =>
            o with
            {
                ApiProxyProtocol = o.ApiProxyProtocol with { TrustedProxies = Ranges("127.0.0.0/8") },
            }
        );

        (await IsServedAsync(service.ApiUrl, ProxyHeaders.From("192.0.2.7"))).ShouldBeTrue();
        (await IsServedAsync(service.MachineUrl, ProxyHeaders.From("192.0.2.7"))).ShouldBeFalse();
    }

    [Fact]
    public async Task HttpBalancers_ThatChange_CountForTheNextRequest()
    {
        await using var service = await StartHttpAsync("10.0.0.0/8");
        await service.ReloadAsync(o =>
            o with
            {
                ApiTrustedProxies = Ranges("127.0.0.0/8"),
                Limits = o.Limits with { ExchangePerAddress = new RateLimit(1, TimeSpan.FromMinutes(1)) },
            }
        );
        using var client = service.Client(null);

        (await ForwardedAsync(client, "192.0.2.7")).ShouldBe(HttpStatusCode.OK);
        (await ForwardedAsync(client, "192.0.2.7")).ShouldBe(HttpStatusCode.TooManyRequests);
        (await ForwardedAsync(client, "192.0.2.8")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BothPorts_TakeConnectionsWithAHeaderAlone(bool isApi)
    {
        await using var service = await StartTcpAsync();
        var url = isApi ? service.ApiUrl : service.MachineUrl;

        (await IsServedAsync(url, ProxyHeaders.From("192.0.2.7"))).ShouldBeTrue();
        (await IsServedAsync(url, ProxyHeaders.Local)).ShouldBeTrue();
        (await IsServedAsync(url, [])).ShouldBeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BothPorts_SenderThatIsNotListed_IsRefused(bool isApi)
    {
        await using var service = await StartTcpAsync(proxies: "192.0.2.1/32");
        var url = isApi ? service.ApiUrl : service.MachineUrl;

        (await IsServedAsync(url, ProxyHeaders.From("192.0.2.7"))).ShouldBeFalse();
        (await IsServedAsync(url, [])).ShouldBeFalse();
    }

    [Fact]
    public async Task Header_WhereNoneIsRequired_IsRefused()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        (await IsServedAsync(service.ApiUrl, ProxyHeaders.From("192.0.2.7"))).ShouldBeFalse();
        (await IsServedAsync(service.ApiUrl, [])).ShouldBeTrue();
    }

    [Theory]
    [InlineData("127.0.0.0/8", "X-Forwarded-For", "198.51.100.1, 192.0.2.7", "192.0.2.7")]
    [InlineData("127.0.0.0/8", "Forwarded", "for=198.51.100.1, for=192.0.2.7", "192.0.2.7")]
    [InlineData("127.0.0.0/8", "X-Other", "192.0.2.7", "127.0.0.1")]
    [InlineData("10.0.0.0/8", "X-Forwarded-For", "192.0.2.7", "127.0.0.1")] // of a sender that is not listed
    public async Task ForwardingHeader_NamesTheClient(string proxies, string header, string value, string expected)
    {
        await using var service = await StartHttpAsync(proxies);
        using var client = service.Client(service.AdminKey);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/tunnels")
        {
            Content = JsonContent.Create(new { display_name = "docs" }),
            Headers = { { header, value } },
        };

        (await client.SendAsync(request, Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await client.GetStringAsync("/v1/audit", Cancel)).ShouldContain($"\"ip_address\":\"{expected}\"");
    }

    [Fact] // one connection of the balancer carries requests of many clients
    public async Task ForwardingHeader_CountsForItsRequestAlone()
    {
        await using var service = await StartHttpAsync("127.0.0.0/8");
        using var client = service.Client(null);
        for (var taken = 0; taken < 50; taken++)
        {
            (await ForwardedAsync(client, "192.0.2.7")).ShouldBe(HttpStatusCode.OK);
        }

        (await ForwardedAsync(client, "192.0.2.7")).ShouldBe(HttpStatusCode.TooManyRequests);
        (await ForwardedAsync(client, "192.0.2.8")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(client, "/v1/platform_ca")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task ForwardingHeaders_ThatContradict_AreRefused()
    {
        await using var service = await StartHttpAsync("127.0.0.0/8");
        using var request = new HttpRequestMessage(HttpMethod.Get, Path)
        {
            Headers = { { "X-Forwarded-For", "192.0.2.7" }, { "Forwarded", "for=192.0.2.8" } },
        };

        await service.Api.SendAsync(request, Cancel).ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.forwarded");
    }

    private static Task<ServiceUnderTest> StartTcpAsync(
        Func<ServiceOptions, ServiceOptions>? options = null,
        string proxies = "127.0.0.0/8"
    )
    {
        var required = new ProxyProtocolOptions { Required = true, TrustedProxies = Ranges(proxies) };
        return ServiceUnderTest.StartAsync(options: o =>
        {
            var balanced = o with
            {
                ApiProxyProtocol = required,
                MachineProxyProtocol = required,
                Limits = new LimitOptions(),
            };
            return options?.Invoke(balanced) ?? balanced;
        });
    }

    private static Task<ServiceUnderTest> StartHttpAsync(string proxies) =>
        ServiceUnderTest.StartAsync(options: o =>
            o with
            {
                ApiTrustedProxies = Ranges(proxies),
                Limits = new LimitOptions(),
            }
        );

    private static AddressRanges Ranges(string range)
    {
        AddressRanges.TryParse([range], out var ranges, out _).ShouldBeTrue();
        return ranges;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path = Path)
    {
        using var response = await client.GetAsync(path, Cancel);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> ForwardedAsync(HttpClient client, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/platform_ca");
        request.Headers.Add("X-Forwarded-For", address);
        using var response = await client.SendAsync(request, Cancel);
        return response.StatusCode;
    }

    /// <summary>Whether the port answers in TLS, whatever it then says to the client.</summary>
    private static async Task<bool> IsServedAsync(Uri url, byte[] header)
    {
        var isServed = false;
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, url.Port, Cancel);
            await client.GetStream().WriteAsync(header, Cancel);
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    RemoteCertificateValidationCallback = (_, server, _, _) => isServed = server is not null,
                },
                Cancel
            );
        }
        catch (Exception refused) when (refused is IOException or SocketException or AuthenticationException)
        {
            // Before or after the server's certificate.
        }

        return isServed;
    }
}
