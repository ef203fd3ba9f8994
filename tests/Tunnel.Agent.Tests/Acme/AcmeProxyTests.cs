using Culvert.Jose.Keys;
using Culvert.Platform.Net;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Acme;
using Culvert.Tunnel.Agent.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Culvert.Tunnel.Agent.Tests.Acme;

/// <summary>
/// The agent connects to the CA in the same way as to the service: by <c>network.proxy</c>, which receives the address
/// that was checked.
/// </summary>
public sealed class AcmeProxyTests
{
    private const string Directory = """
        {"newNonce":"https://ca.example.test/n","newAccount":"https://ca.example.test/a","newOrder":"https://ca.example.test/o"}
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Directory_BehindAProxy_IsAskedForThere()
    {
        var pki = new TestPki(TimeProvider.System.GetUtcNow(), "CA");
        var leaf = pki.Issue(dnsNames: ["ca.example.test"], usages: [TestPki.ServerAuthentication]);
        await using var ca = await TestServer.StartAsync(c => c.Response.WriteAsync(Directory), leaf, pki.Issuing);
        await using var proxy = new ConnectProxy { Open = true, Target = ca.Port };
        using var key = SigningKey.Create();
        var network = new NetworkSource(NetworkOptions.Default);
        var client = new AcmeClient(
            AcmeSettings.None with
            {
                Directory = "https://ca.example.test/dir",
                Roots = [pki.Root],
            },
            key,
            TimeProvider.System,
            new ScriptedResolver(["93.184.216.34"]),
            network
        );

        // A reload counts for the next request of a client that is there.
        network.Swap(new NetworkOptions { Proxy = new HttpProxyOptions { Url = proxy.Url } });
        var directory = await client.DirectoryAsync(Token);

        directory.NewOrder.ShouldBe("https://ca.example.test/o");
        proxy.Targets.ShouldBe(["93.184.216.34:443"]);
    }
}
