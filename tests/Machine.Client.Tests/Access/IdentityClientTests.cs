using System.Text;
using System.Text.Json;
using Culvert.Jose.Proofs;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Tests.Support;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Access;

public sealed class IdentityClientTests : IAsyncLifetime
{
    private readonly FakeTimeProvider time = new();
    private readonly FakeTimeProvider networkTime = new();
    private readonly string caFile = Path.GetTempFileName();
    private readonly BindingKey binding = BindingKey.Create();
    private FakeService service = null!;

    public async ValueTask InitializeAsync()
    {
        service = await FakeService.StartAsync(time);
        await File.WriteAllTextAsync(caFile, service.Platform.RootPem);
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        File.Delete(caFile);
    }

    [Fact]
    public async Task Exchange_SendsTheGrantAsJson()
    {
        var result = await Exchange();

        result.Value!.AccessToken.ShouldBe("access-1");
        service
            .Of("/v1/oauth/token")[0]
            .Body.ShouldBe(
                """{"grant_type":"urn:ietf:params:oauth:grant-type:jwt-bearer","assertion":"a.b.c","federation_rule_id":"fdrl_1","organization_id":"org"}"""
            );
    }

    [Fact]
    public async Task Exchange_Denied_CarriesCodeRequestIdAndNoToken()
    {
        Answer(c => FakeService.RefuseAsync(c, 401, "auth.failed", "Authentication failed for a.b.c"));

        var failure = (await Exchange()).Failure!;

        (failure.Kind, failure.Status, failure.Code, failure.RequestId).ShouldBe(
            (ApiFailureKind.Refused, 401, "auth.failed", "req_1")
        );
        failure
            .ToString()
            .ShouldBe("POST /v1/oauth/token: 401 auth.failed Authentication failed for [redacted] (req_1)");
    }

    [Fact]
    public async Task Exchange_ProvesItsKeyForThisRequest()
    {
        DpopProof? proof = null;
        Answer(c =>
        {
            DpopProof.TryParse(Encoding.ASCII.GetBytes(c.Request.Headers["DPoP"].ToString()), out proof);
            return TokenAsync(c);
        });

        await Exchange();

        proof.ShouldNotBeNull();
        (proof.Method, proof.Uri, proof.Thumbprint, proof.IssuedAt, proof.Nonce).ShouldBe(
            ("POST", $"{service.ApiUrl}v1/oauth/token", binding.Thumbprint, time.GetUtcNow().ToUnixTimeSeconds(), null)
        );
    }

    [Theory]
    [InlineData("""{"error":"use_dpop_nonce"}""", null)]
    [InlineData("{}", "DPoP error=\"use_dpop_nonce\"")]
    [InlineData("""{"type":"error","error":{"message":"No.","details":{"error_code":"dpop.use_nonce"}}}""", null)]
    public async Task Exchange_NonceWanted_IsSentAgainWithItAndKept(string body, string? challenge)
    {
        var nonces = new List<string?>();
        Broken(c =>
        {
            DpopProof.TryParse(Encoding.ASCII.GetBytes(c.Request.Headers["DPoP"].ToString()), out var proof);
            nonces.Add(proof!.Nonce);
            if (proof.Nonce == "n1")
            {
                return TokenAsync(c);
            }

            c.Response.StatusCode = 400;
            c.Response.Headers["DPoP-Nonce"] = "n1";
            c.Response.Headers.WWWAuthenticate = challenge;
            return c.Response.WriteAsync(body);
        });

        (await Exchange()).IsSuccess.ShouldBeTrue();
        (await Exchange()).IsSuccess.ShouldBeTrue();

        nonces.ShouldBe([null, "n1", "n1"]);
    }

    [Fact]
    public async Task Exchange_NonceWantedAgainAndAgain_GivesUpAfterOneRepeat()
    {
        var asked = 0;
        Broken(c =>
        {
            c.Response.StatusCode = 400;
            c.Response.Headers["DPoP-Nonce"] = $"n{++asked}";
            return c.Response.WriteAsync("""{"error":"use_dpop_nonce"}""");
        });

        (await Exchange()).Failure!.Status.ShouldBe(400);
        asked.ShouldBe(2);
    }

    [Fact]
    public async Task Exchange_DeniedWithAFreshNonce_IsNotRepeated()
    {
        Answer(c =>
        {
            c.Response.Headers["DPoP-Nonce"] = "n1";
            return FakeService.RefuseAsync(c, 401, "auth.failed");
        });

        (await Exchange()).IsSuccess.ShouldBeFalse();
        service.Count("/v1/oauth/token").ShouldBe(1);
    }

    [Fact]
    public async Task Enrol_BoundToken_IsShownWithAProofForIt()
    {
        DpopProof? proof = null;
        var scheme = "";
        service.Intercept = (request, c) =>
        {
            scheme = c.Request.Headers.Authorization.ToString();
            DpopProof.TryParse(Encoding.ASCII.GetBytes(c.Request.Headers["DPoP"].ToString()), out proof);
            return Task.FromResult(false);
        };
        var request = new AgentEnrollmentRequest
        {
            TunnelId = FakeService.TunnelId,
            InstanceId = "i",
            Csr = CertificateRequests.Create(CertificateRequests.NewKey()),
        };

        await Client()
            .EnrolAgentAsync(request, "again", new Proof("bound", binding), TestContext.Current.CancellationToken);

        scheme.ShouldBe("DPoP bound");
        proof!.AccessTokenHash.ShouldBe(DpopProofSigner.AccessTokenHash("bound"));
    }

    [Theory]
    [InlineData(400, ApiFailureKind.Refused)]
    [InlineData(403, ApiFailureKind.Refused)]
    [InlineData(408, ApiFailureKind.Unavailable)]
    [InlineData(409, ApiFailureKind.Refused)]
    [InlineData(429, ApiFailureKind.Unavailable)]
    [InlineData(500, ApiFailureKind.Unavailable)]
    [InlineData(503, ApiFailureKind.Unavailable)]
    public async Task Exchange_Status_DecidesWhetherToTryAgain(int status, ApiFailureKind kind)
    {
        Answer(c => FakeService.RefuseAsync(c, status, "x.y"));

        (await Exchange()).Failure!.Kind.ShouldBe(kind);
    }

    [Fact]
    public async Task Exchange_Redirect_IsNotFollowed()
    {
        Broken(c =>
        {
            c.Response.Redirect("/v1/elsewhere");
            return Task.CompletedTask;
        });

        var failure = (await Exchange()).Failure!;
        failure.Status.ShouldBe(302);
        failure.Message.ShouldBe("It redirects to /v1/elsewhere, and redirects are not followed.");
        service.Count("/v1/elsewhere").ShouldBe(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"access_token\":\"hunter2-hunter2\",\"expires_in\":\"hunter2-hunter2\"}")]
    [InlineData("{\"access_token\":\"hunter2-hunter2\"}")]
    public async Task Exchange_AnswerOfAnotherShape_IsMalformedAndNotShown(string body)
    {
        Broken(c => c.Response.WriteAsync(body));

        var failure = (await Exchange()).Failure!;

        failure.Kind.ShouldBe(ApiFailureKind.Malformed);
        failure.ToString().ShouldNotContain("hunter2-hunter2");
    }

    [Theory]
    [InlineData("{\"access_token\":\"t\",\"expires_in\":\"soon\"}", "member expires_in has another type.")]
    [InlineData("{\"access_token\":\"t\"}", "it lacks expires_in.")]
    [InlineData("{}", "it lacks access_token, expires_in.")]
    [InlineData("[]", "it is not a JSON object.")]
    [InlineData("<html>", "it is not JSON.")]
    public async Task Exchange_AnswerOfAnotherShape_NamesTheMember(string body, string fault)
    {
        Broken(c => c.Response.WriteAsync(body));

        (await Exchange()).Failure!.Message.ShouldBe($"The response does not follow the protocol: {fault}");
    }

    [Theory]
    [InlineData("Bearer", true)]
    [InlineData("bearer", true)]
    [InlineData("DPoP", true)]
    [InlineData("mac", false)]
    [InlineData("", false)]
    public async Task Exchange_TokenOfAnotherType_IsNotUsed(string type, bool isTaken)
    {
        Broken(c =>
            c.Response.WriteAsync($$"""{"access_token":"hunter2-hunter2","token_type":"{{type}}","expires_in":60}""")
        );

        var answer = await Exchange();

        answer.IsSuccess.ShouldBe(isTaken);
        if (!isTaken)
        {
            answer.Failure!.Kind.ShouldBe(ApiFailureKind.Malformed);
            answer.Failure.Message.ShouldBe(
                $"The response's token_type is \"{type}\"; only Bearer and DPoP can be used."
            );
        }
    }

    [Fact]
    public async Task Exchange_AnswerBeyondTheBound_IsMalformed()
    {
        Broken(c => c.Response.Body.WriteAsync(new byte[(1024 * 1024) + 1]).AsTask());

        (await Exchange()).Failure!.Message.ShouldContain("longer than");
    }

    [Fact]
    public async Task Exchange_HostileErrorText_IsOneShortLine()
    {
        Answer(c => FakeService.RefuseAsync(c, 400, "x.y", "bad\\n\\u001b[2J" + new string('x', 5000)));

        var text = (await Exchange()).Failure!.ToString();

        text.ShouldNotContain('\n');
        text.ShouldNotContain('\u001b');
        text.Length.ShouldBeLessThan(500);
    }

    [Fact]
    public async Task Exchange_NoAnswer_IsUnreachableAfterFifteenSeconds()
    {
        var asked = new TaskCompletionSource();
        Answer(async c =>
        {
            asked.SetResult();
            await Never.RespondAsync(c.RequestAborted);
        });

        var exchange = Exchange();
        await asked.Task;
        networkTime.Advance(TimeSpan.FromSeconds(15));

        (await exchange).Failure!.Message.ShouldContain("did not respond within 15 s");
    }

    [Fact]
    public async Task Exchange_NobodyListens_IsUnreachable()
    {
        await service.DisposeAsync();

        (await Exchange()).Failure!.Kind.ShouldBe(ApiFailureKind.Unreachable);
        service = await FakeService.StartAsync(time);
    }

    [Fact]
    public async Task Exchange_ConnectionBreaks_IsUnreachable()
    {
        Answer(c =>
        {
            c.Abort();
            return Task.CompletedTask;
        });

        (await Exchange()).Failure!.Kind.ShouldBe(ApiFailureKind.Unreachable);
    }

    [Fact]
    public async Task Exchange_Cancelled_IsNoFailure()
    {
        using var stop = new CancellationTokenSource();
        Answer(async c =>
        {
            await stop.CancelAsync();
            await Never.RespondAsync(c.RequestAborted);
        });

        await Should.ThrowAsync<OperationCanceledException>(() => Client().ExchangeAsync("a.b.c", binding, stop.Token));
    }

    [Fact]
    public async Task ClockOffset_IsMeasuredAndReported()
    {
        var client = Client();
        await client.ExchangeAsync("a.b.c", binding, TestContext.Current.CancellationToken);

        // The server writes the real date, this machine's clock is the test's.
        client.ClockOffset!.Value.Duration().ShouldBeGreaterThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task EnrolAgent_SendsBearerAndBody()
    {
        using var key = CertificateRequests.NewKey();
        var request = new AgentEnrollmentRequest
        {
            TunnelId = "tnl_1",
            InstanceId = "a",
            Csr = CertificateRequests.Create(key),
        };

        var result = await Client()
            .EnrolAgentAsync(request, "again", new Proof("secret"), TestContext.Current.CancellationToken);

        result.Value!.SpiffeId.ShouldEndWith("/agent/a");
        var sent = service.Of("/v1/agent/enrollments")[0];
        sent.Bearer.ShouldBe("secret");
        JsonSerializer.Deserialize(sent.Body, WireJson.Default.AgentEnrollmentRequest).ShouldBe(request);
    }

    [Fact]
    public async Task Url_WithAPrefix_KeepsIt()
    {
        var options = Options() with { Url = new Uri(service.ApiUrl, "/prefix/") };
        await Client(options).ExchangeAsync("a.b.c", binding, TestContext.Current.CancellationToken);

        service.Requests.ShouldHaveSingleItem().Path.ShouldBe("/prefix/v1/oauth/token");
    }

    private void Answer(Func<HttpContext, Task> answer) =>
        service.Intercept = async (_, context) =>
        {
            await answer(context);
            return true;
        };

    // As the service never answers.
    private void Broken(Func<HttpContext, Task> answer)
    {
        service.IsBroken = true;
        Answer(answer);
    }

    private static Task TokenAsync(HttpContext context) =>
        context.Response.WriteAsync(
            """{"access_token":"a","token_type":"DPoP","expires_in":60,"scope":"tunnel:agent"}"""
        );

    private Task<ApiResult<TokenResponse>> Exchange() =>
        Client().ExchangeAsync("a.b.c", binding, TestContext.Current.CancellationToken);

    private IdentityClient Client(IdentityOptions? options = null)
    {
        options ??= Options();
        return new IdentityClient(options, new FirstTrust(options, time, networkTime), time, networkTime);
    }

    private IdentityOptions Options() =>
        new()
        {
            Url = service.ApiUrl,
            CaFile = caFile,
            OrganizationId = "org",
            RuleId = "fdrl_1",
        };
}
