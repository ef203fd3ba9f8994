using System.Net.Security;
using System.Text;
using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.HighAvailability;

/// <summary>A workload that exchanges assertions of <see cref="AssertionSource"/>.</summary>
internal sealed class Exchanger
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly Installation installation;
    private readonly AssertionSource assertions;
    private readonly string ruleId;

    private Exchanger(Installation installation, AssertionSource assertions, string ruleId) =>
        (this.installation, this.assertions, this.ruleId) = (installation, assertions, ruleId);

    public static async Task<Exchanger> CreateAsync(
        Installation installation,
        AssertionSource assertions,
        CancellationToken cancellationToken
    )
    {
        var keys = installation.Run.File("load-jwks.json");
        await File.WriteAllTextAsync(keys, assertions.JwkSet(), cancellationToken);
        var issuer = await installation.Operator.CreateAsync(
            "issuer create load",
            cancellationToken,
            "--url",
            AssertionSource.Issuer,
            "--jwks-file",
            keys
        );
        var account = await installation.Operator.CreateAsync(
            "service-account create load",
            cancellationToken,
            "--workspace-role",
            "developer"
        );
        var rule = await installation.Operator.CreateAsync(
            "rule create load",
            cancellationToken,
            "--issuer",
            issuer,
            "--service-account",
            account,
            "--subject",
            AssertionSource.Subject,
            "--scope",
            "workspace:manage_tunnels"
        );
        return new Exchanger(installation, assertions, rule);
    }

    public string NextAssertion() => assertions.Next(installation.Service.PublicUrl);

    /// <summary>A client of its own connections; each of its requests goes where the address says.</summary>
    /// <param name="address">The service, or one of its nodes.</param>
    /// <param name="connect">How it connects, where that is not the usual way.</param>
    public HttpClient Client(
        Uri address,
        Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connect = null
    ) =>
        new(
            new SocketsHttpHandler
            {
                UseProxy = false,
                ConnectCallback = connect,
                SslOptions = new SslClientAuthenticationOptions
                {
                    CertificateChainPolicy = McpCaller.TrustOnly(installation.Service.PlatformCaFile),
                },
            }
        )
        {
            BaseAddress = address,
            Timeout = Timeout,
        };

    public async Task<HttpResponseMessage> SendAsync(
        HttpClient client,
        string assertion,
        CancellationToken cancellationToken
    )
    {
        var body = JsonSerializer.Serialize(
            new
            {
                grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer",
                assertion,
                federation_rule_id = ruleId,
                organization_id = installation.Record.OrganizationId,
            }
        );
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await client.PostAsync(new Uri("/v1/oauth/token", UriKind.Relative), content, cancellationToken);
    }
}
