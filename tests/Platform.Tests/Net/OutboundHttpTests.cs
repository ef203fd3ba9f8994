using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Net;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Net;

/// <summary>S37: a client never downloads what a peer's certificate names.</summary>
public sealed class OutboundHttpTests : IDisposable
{
    private readonly IssuerUrlTrap trap = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => trap.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("options")]
    [InlineData("policy")]
    public async Task Handler_StrangerNamesAnIssuerUrl_IsNotFollowed(string given)
    {
        var trust = given switch
        {
            "options" => new SslClientAuthenticationOptions(),
            "policy" => new SslClientAuthenticationOptions { CertificateChainPolicy = new X509ChainPolicy() },
            _ => null,
        };
        using var client = new HttpClient(OutboundHttp.CreateHandler(trust));
        var serving = trap.ServeAsync(Token);

        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(trap.Url, Token));

        await serving;
        trap.IsSprung.ShouldBeFalse();
    }
}
