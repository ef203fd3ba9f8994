using System.Net;
using System.Net.Http.Headers;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tokens.Binding;
using Culvert.Jose.Keys;
using Culvert.Jose.Proofs;
using Culvert.Jose.Tokens;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens.Binding;

/// <summary>Bound tokens where machines use them: to enrol on 8443, with the client certificate on 8444.</summary>
[Trait("Attack", "A45")]
public sealed class DpopMachineTests : IDisposable
{
    private const string Renewals = "/v1/agent/renewals";

    private readonly SigningKey key = SigningKey.Create();

    [Theory]
    [InlineData("https://identity.test:8444/v1/agent/renewals", null)]
    [InlineData("https://identity.test:8443/v1/agent/renewals", "token.dpop_proof")]
    public async Task Renew_WithABoundToken_ProofIsForTheMachineUrl(string target, string? code)
    {
        await using var bench = await MachineBench.StartAsync();
        var (_, machine) = await bench.JoinAsync(bench.AgentToken());
        var token = BoundToken(bench);
        using var message = ApiCalls.Post(Renewals, MachineBench.CsrBody());
        message.Headers.Authorization = new AuthenticationHeaderValue("DPoP", token);
        message.Headers.Add(RequestBinding.ProofHeader, Proof(bench, target, token));

        using var response = await machine.SendAsync(message, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(code is null ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
        if (code is not null)
        {
            (await response.ErrorCodeAsync()).ShouldBe(code);
        }
    }

    [Fact]
    public async Task Renew_BoundTokenAsBearer_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync();
        var (_, machine) = await bench.JoinAsync(bench.AgentToken());
        using var message = ApiCalls.Post(Renewals, MachineBench.CsrBody());
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", BoundToken(bench));

        await machine
            .SendAsync(message, TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "token.binding_required");
    }

    public void Dispose() => key.Dispose();

    private string Proof(MachineBench bench, string target, string token) =>
        new DpopProofSigner(key).Sign(
            "POST",
            new Uri(target),
            bench.Service.Time.GetUtcNow(),
            bench.Service.Get<DpopNonces>().Current,
            token
        );

    private string BoundToken(MachineBench bench) =>
        bench.Tokens.Add(
            new Caller
            {
                Kind = CallerKind.AccessToken,
                OrganizationId = bench.OrganizationId,
                WorkspaceId = bench.WorkspaceId,
                Scopes = new HashSet<string> { Scopes.TunnelAgent },
                ActorId = "svac_test",
                CredentialHash = "",
                IssuerId = "fdis_test",
                RuleId = "fdrl_agents",
                RuleVersion = 1,
                ServiceAccountId = "svac_test",
                Subject = "agent-a",
                TunnelIds = new HashSet<string> { bench.TunnelId },
                Confirmation = new TokenConfirmation { KeyThumbprint = key.KeyId },
            }
        );
}
