using System.Net;
using Culvert.Jose.Keys;
using Culvert.Jose.Proofs;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Authorization;

/// <summary>Tokens that are bound to a key (RFC 9449).</summary>
public sealed class ProofTests : IDisposable
{
    private static readonly Uri Url = new(OauthFixture.Resource);

    private readonly FakeTimeProvider time = new();
    private readonly SigningKey key = SigningKey.Create();
    private readonly DpopProofSigner signer;

    public ProofTests() => signer = new DpopProofSigner(key);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("off", false, "Bearer", 200)]
    [InlineData("off", true, "DPoP", 401)]
    [InlineData("off", true, "Bearer", 401)]
    [InlineData("optional", false, "Bearer", 200)]
    [InlineData("optional", false, "DPoP", 401)]
    [InlineData("optional", true, "DPoP", 200)]
    [InlineData("optional", true, "Bearer", 401)]
    [InlineData("required", false, "Bearer", 401)]
    [InlineData("required", true, "DPoP", 200)]
    public async Task Mode_DecidesWhichSchemesAreGood(string mode, bool bound, string scheme, int status)
    {
        await using var fixture = await StartAsync(Enum.Parse<DpopMode>(mode, ignoreCase: true));
        var token = Bound(fixture, bound);

        using var answer = await SendAsync(fixture, scheme, token, Proof(token));

        ((int)answer.StatusCode).ShouldBe(status);
        if (status == 401)
        {
            fixture.Upstream.Connections.ShouldBe(0);
            answer
                .Headers.WwwAuthenticate.Select(c => c.Scheme)
                .ShouldBe(
                    mode switch
                    {
                        "off" => ["Bearer"],
                        "required" => ["DPoP"],
                        _ => ["Bearer", "DPoP"],
                    }
                );
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("method")]
    [InlineData("url")]
    [InlineData("host")]
    [InlineData("token")]
    [InlineData("no token")]
    [InlineData("old")]
    [InlineData("future")]
    [InlineData("key")]
    [InlineData("text")]
    public async Task BadProof_IsChallenged(string fault)
    {
        await using var fixture = await StartAsync(DpopMode.Required);
        var token = Bound(fixture, bound: true);
        var now = time.GetUtcNow();
        using var other = SigningKey.Create();
        var proof = fault switch
        {
            "none" => null,
            "method" => signer.Sign("POST", Url, now, accessToken: token),
            "url" => signer.Sign("GET", new Uri(OauthFixture.Resource + "/x"), now, accessToken: token),
            "host" => signer.Sign("GET", new Uri("https://files.t1.example.test/mcp"), now, accessToken: token),
            "token" => signer.Sign("GET", Url, now, accessToken: "other"),
            "no token" => signer.Sign("GET", Url, now),
            "old" => signer.Sign("GET", Url, now.AddSeconds(-61), accessToken: token),
            "future" => signer.Sign("GET", Url, now.AddSeconds(61), accessToken: token),
            "key" => new DpopProofSigner(other).Sign("GET", Url, now, accessToken: token),
            _ => "abc",
        };

        using var answer = await SendAsync(fixture, "DPoP", token, proof);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.Single().Parameter!.ShouldContain("error=\"invalid_dpop_proof\"");
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task UsedProof_IsRefusedForAsLongAsItsTimeHolds()
    {
        await using var fixture = await StartAsync(DpopMode.Optional);
        var token = Bound(fixture, bound: true);
        var proof = Proof(token);
        using var first = await SendAsync(fixture, "DPoP", token, proof);

        using var second = await SendAsync(fixture, "DPoP", token, proof);
        time.Advance(TimeSpan.FromSeconds(60));
        using var third = await SendAsync(fixture, "DPoP", token, proof);

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        second.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        third.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public void Check_NoRoom_RefusesInsteadOfForgetting()
    {
        var check = new ProofCheck(time, maxRemembered: 2);
        ProofError Use(string proof) => check.Check(proof, signer.Thumbprint, "t", "GET", OauthFixture.Resource);
        var first = signer.Sign("GET", Url, time.GetUtcNow(), accessToken: "t");

        Use(first).ShouldBe(ProofError.None);
        Use(signer.Sign("GET", Url, time.GetUtcNow(), accessToken: "t")).ShouldBe(ProofError.None);
        Use(signer.Sign("GET", Url, time.GetUtcNow(), accessToken: "t")).ShouldBe(ProofError.Crowded);
        Use(first).ShouldBe(ProofError.Replayed);

        time.Advance(TimeSpan.FromSeconds(61));
        Use(signer.Sign("GET", Url, time.GetUtcNow(), accessToken: "t")).ShouldBe(ProofError.None);
    }

    [Fact]
    public void Check_OneKeyUsesUpItsShare_OthersPass()
    {
        var check = new ProofCheck(time, maxPerKey: 2);
        using var otherKey = SigningKey.Create();
        var other = new DpopProofSigner(otherKey);
        ProofError Use(DpopProofSigner of) =>
            check.Check(
                of.Sign("GET", Url, time.GetUtcNow(), accessToken: "t"),
                of.Thumbprint,
                "t",
                "GET",
                OauthFixture.Resource
            );

        Use(signer).ShouldBe(ProofError.None);
        Use(signer).ShouldBe(ProofError.None);
        Use(signer).ShouldBe(ProofError.Crowded);
        Use(other).ShouldBe(ProofError.None);

        time.Advance(TimeSpan.FromSeconds(61));
        Use(signer).ShouldBe(ProofError.None);
    }

    [Fact]
    public async Task BindingThatIsNotChecked_IsNotBelieved()
    {
        await using var fixture = await StartAsync(DpopMode.Optional);

        using var answer = await fixture.SendAsync(
            fixture.Token(c => c["cnf"] = new System.Text.Json.Nodes.JsonObject { ["x5t#S256"] = "abc" })
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    public void Dispose() => key.Dispose();

    private Task<OauthFixture> StartAsync(DpopMode mode) =>
        OauthFixture.StartAsync(o => o with { Dpop = mode }, time: time);

    private string Bound(OauthFixture fixture, bool bound) =>
        fixture.Token(c =>
        {
            if (bound)
            {
                c["cnf"] = new System.Text.Json.Nodes.JsonObject { ["jkt"] = signer.Thumbprint };
            }
        });

    private string Proof(string token) => signer.Sign("GET", Url, time.GetUtcNow(), accessToken: token);

    private static Task<HttpResponseMessage> SendAsync(
        OauthFixture fixture,
        string scheme,
        string token,
        string? proof
    ) =>
        fixture.SendAsync(change: r =>
        {
            r.Headers.TryAddWithoutValidation("Authorization", $"{scheme} {token}");
            if (proof is not null)
            {
                r.Headers.Add("DPoP", proof);
            }
        });
}
