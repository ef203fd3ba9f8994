using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Access;

public sealed class FederatedProofTests : IAsyncLifetime
{
    private const string Exchange = "/v1/oauth/token";

    private readonly FakeTimeProvider time = new();
    private readonly string root = Directory.CreateTempSubdirectory("culvert-proof-").FullName;
    private readonly List<Proof> sent = [];
    private FakeService service = null!;

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(time);
        await File.WriteAllTextAsync(Path.Combine(root, "ca.pem"), service.Platform.RootPem);
        await File.WriteAllTextAsync(Path.Combine(root, "token"), "idp.token.1");
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task Use_NothingKept_SendsTheIdentityTokenAndTheKeyThatAGrantIsBoundTo()
    {
        (await UseAsync(Proofs())).IsSuccess.ShouldBeTrue();

        var proof = sent.ShouldHaveSingleItem();
        (proof.Token, proof.IsAssertion).ShouldBe(("idp.token.1", true));
        proof.Binding.ShouldNotBeNull();
        service.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // kept by an earlier process
    public async Task Use_AccessTokenKept_SendsThat(bool restarts)
    {
        var proofs = Proofs();
        await proofs.GetAsync(fresh: false, TestContext.Current.CancellationToken);

        await UseAsync(restarts ? Proofs() : proofs);

        sent.ShouldHaveSingleItem().ShouldBe(new Proof("access-1"));
    }

    [Fact]
    public async Task Use_AccessTokenKeptButAFreshProofIsNeeded_SendsTheIdentityToken()
    {
        var proofs = Proofs();
        await proofs.GetAsync(fresh: false, TestContext.Current.CancellationToken);

        await UseAsync(proofs, fresh: true);

        sent.ShouldHaveSingleItem().IsAssertion.ShouldBeTrue();
    }

    [Fact]
    public async Task Use_TokensAreShared_ExchangesForAllOfThem()
    {
        var shared = Path.Combine(root, "shared");

        await UseAsync(Proofs(shared));
        await UseAsync(Proofs(shared));

        sent.ShouldBe([new Proof("access-1"), new Proof("access-1")]);
        service.Count(Exchange).ShouldBe(1);
    }

    [Fact]
    public async Task Use_ServiceKnowsNoAssertions_ExchangesAndSendsAgain()
    {
        var answer = await UseAsync(Proofs(), code: "auth.missing");

        answer.IsSuccess.ShouldBeTrue();
        sent.Select(proof => proof.Token).ShouldBe(["idp.token.1", "access-1"]);
        sent[1].IsAssertion.ShouldBeFalse();
        service.Count(Exchange).ShouldBe(1);
    }

    [Theory]
    [InlineData("exchange.failed")]
    [InlineData("enrolment.instance_limit")]
    [InlineData("auth.failed")]
    public async Task Use_Refused_ExchangesNothing(string code)
    {
        (await UseAsync(Proofs(), code)).Failure!.Code.ShouldBe(code);

        sent.Count.ShouldBe(1);
        service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Use_NoIdentityToken_IsNoProofAndSendsNothing()
    {
        File.Delete(Path.Combine(root, "token"));

        (await UseAsync(Proofs())).Failure!.Kind.ShouldBe(ApiFailureKind.NoProof);

        sent.ShouldBeEmpty();
    }

    [Fact]
    public void Proof_AsText_HasNoToken() =>
        new Proof("idp.token.signature") { IsAssertion = true }
            .ToString()
            .ShouldNotContain("idp.token.signature");

    // Refuses an assertion with the code, and takes everything else.
    private Task<ApiResult<Proof>> UseAsync(FederatedProof proofs, string? code = null, bool fresh = false) =>
        proofs.UseAsync(
            fresh,
            proof =>
            {
                sent.Add(proof);
                return Task.FromResult<ApiResult<Proof>>(
                    code is not null && proof.IsAssertion
                        ? new ApiFailure
                        {
                            Kind = ApiFailureKind.Refused,
                            Operation = "test",
                            Status = 401,
                            Code = code,
                            Message = "No.",
                        }
                        : proof
                );
            },
            TestContext.Current.CancellationToken
        );

    private FederatedProof Proofs(string tokenCache = "")
    {
        var options = new IdentityOptions
        {
            Url = service.ApiUrl,
            CaFile = Path.Combine(root, "ca.pem"),
            OrganizationId = "org",
            RuleId = "fdrl_1",
            Token = new() { File = Path.Combine(root, "token") },
            TokenCache = tokenCache,
        };
        var client = new IdentityClient(
            options,
            new FirstTrust(options, time, TimeProvider.System),
            time,
            TimeProvider.System
        );
        return FederatedProof.Create(options, client, Path.Combine(root, "state"), time, TimeProvider.System);
    }
}
