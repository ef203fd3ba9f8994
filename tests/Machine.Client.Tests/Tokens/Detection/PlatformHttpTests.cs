using Culvert.Machine.Client.Tokens;
using Culvert.Machine.Client.Tokens.Detection;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Tokens.Detection;

/// <summary>S37: a client never downloads what a peer's certificate names.</summary>
public sealed class PlatformHttpTests : IDisposable
{
    private readonly IssuerUrlTrap trap = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => trap.Dispose();

    [Fact]
    public async Task Request_StrangerNamesAnIssuerUrl_IsNotFollowed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, trap.Url);
        var serving = trap.ServeAsync(Token);

        await Should.ThrowAsync<IdentityTokenException>(() =>
            PlatformHttp.SendAsync(request, "test", TimeProvider.System, Token)
        );

        await serving;
        trap.IsSprung.ShouldBeFalse();
    }
}
