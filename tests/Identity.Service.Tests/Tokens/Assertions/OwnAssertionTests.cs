using System.Net;
using System.Text;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tokens.Assertions;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Jose.Signatures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens.Assertions;

/// <summary>
/// The service accepts no assertion of its own as a credential, whatever audience and type it has, and although the key is
/// the present one.
/// </summary>
public sealed class OwnAssertionTests : IAsyncLifetime
{
    private FederatedService service = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => service = await FederatedService.StartAsync();

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Theory]
    [InlineData("JWT", "token.malformed")]
    [InlineData("at+jwt", "token.key_unknown")]
    public async Task ManagementApi_AssertionAsBearer_IsRefused(string type, string code)
    {
        using var client = service.Service.Client(await SignAsync(type));

        await client
            .GetAsync(new Uri("/v1/tunnels", UriKind.Relative), Cancel)
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, code);
    }

    [Fact]
    public async Task TokenEndpoint_AssertionOfAnIssuerThatNoRuleNames_IsRefused()
    {
        var rule = await service.RuleAsync();

        (await service.DenialAsync(rule, await SignAsync("JWT"))).ShouldBe("issuer_unknown");
    }

    [Fact]
    public async Task TokenEndpoint_AssertionAsSubjectToken_IsRefused()
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange",
            ["subject_token"] = await SignAsync("at+jwt"),
            ["subject_token_type"] = "urn:ietf:params:oauth:token-type:access_token",
        };
        using var content = new FormUrlEncodedContent(form);

        using var answer = await service.PostAnonymousAsync(
            FederatedService.TokenPath,
            await content.ReadAsStringAsync(Cancel),
            "application/x-www-form-urlencoded"
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.JsonAsync()).Text("error").ShouldBe("invalid_request");
    }

    private async Task<string> SignAsync(string type)
    {
        var keys = await service.Service.Get<AssertionKeys>().Ring.GetOrCreateAsync(Cancel);
        var now = service.Time.GetUtcNow();
        var key = keys.SignerAt(now).Key;
        var tunnel = new Service.Tunnels.Tunnel
        {
            Id = TunnelId.New(),
            OrganizationId = service.OrganizationId,
            WorkspaceId = service.WorkspaceId,
            Domain = "a.example",
            CreatedAt = now,
            Revision = 1,
            ClientSourceRanges = [],
            AgentSourceRanges = [],
            AllowTunnelToken = false,
            BundleEpoch = 0,
            TokenId = TunnelTokenId.New(),
        };
        var claims = AssertionClaims.Create(
            service.Service.Get<ServiceIdentity>(),
            tunnel,
            "docs",
            FederatedService.PublicUrl,
            now
        );
        return Encoding.ASCII.GetString(
            CompactSigner.Sign(key, $$"""{"alg":"RS256","kid":"{{key.KeyId}}","typ":"{{type}}"}""", claims.Encode())
        );
    }
}
