using Culvert.Machine.Client.Calls;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Credentials;

namespace Culvert.Tunnel.Agent.Tests.Credentials;

/// <summary>Assertions of the identity service: when one is requested, and what is said without one.</summary>
public sealed class ServiceAssertionsTests
{
    private const string Audience = "api://AzureADTokenExchange";

    private readonly FakeTimeProvider time = new();
    private readonly List<UpstreamAssertionRequest> requests = [];
    private Func<ApiResult<UpstreamAssertion>>? answer;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ServiceAssertionsTests() =>
        answer = () => new UpstreamAssertion($"a{requests.Count}", time.GetUtcNow() + TimeSpan.FromMinutes(5));

    [Fact]
    public async Task Get_SameAudience_IsRequestedAgainHalfAMinuteBeforeItExpires()
    {
        var assertions = Create();

        (await assertions.GetAsync(Audience, Token)).Value.ShouldBe("a1");
        time.Advance(TimeSpan.FromSeconds(269));
        (await assertions.GetAsync(Audience, Token)).Value.ShouldBe("a1");
        time.Advance(TimeSpan.FromSeconds(1));
        (await assertions.GetAsync(Audience, Token)).Value.ShouldBe("a2");
        requests.ShouldBe([new("docs", Audience), new("docs", Audience)]);
    }

    [Fact]
    public async Task Get_OtherAudience_IsAnotherAssertion()
    {
        var assertions = Create();

        (await assertions.GetAsync(Audience, Token)).Value.ShouldBe("a1");
        (await assertions.GetAsync("sts.amazonaws.com", Token)).Value.ShouldBe("a2");
        requests.Select(r => r.Audience).ShouldBe([Audience, "sts.amazonaws.com"]);
    }

    // The service's clock is an hour ahead: its expiry does not make the agent keep the assertion for longer than it lives.
    [Fact]
    public async Task Get_ClockIsBehindTheServices_IsKeptForFiveMinutesAtMost()
    {
        answer = () => new UpstreamAssertion($"a{requests.Count}", time.GetUtcNow() + TimeSpan.FromMinutes(65));
        var assertions = Create();

        var first = await assertions.GetAsync(Audience, Token);

        first.EndsAt.ShouldBe(time.GetUtcNow() + TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Get_AudienceThatTheTunnelDoesNotAllow_NamesTheCommand()
    {
        answer = () => Failure("assertion.audience", 403);

        (await Create().GetAsync(Audience, Token)).ShouldBe(
            IssuedToken.Failed(
                "The identity service refuses the audience api://AzureADTokenExchange: add it with "
                    + "\"culvert tunnel update tnl_1 --assertion-audience api://AzureADTokenExchange\".",
                time.GetUtcNow() + TimeSpan.FromSeconds(1)
            )
        );
    }

    [Fact]
    public async Task Get_ServiceRefuses_SaysWhy()
    {
        answer = () => Failure("store.unavailable", 503);

        (await Create().GetAsync(Audience, Token)).Problem.ShouldBe(
            "The identity service gave no assertion: POST /v1/agent/assertions: 503 store.unavailable away"
        );
    }

    [Fact]
    public async Task Get_NotEnrolled_SaysSo()
    {
        answer = null;

        (await Create().GetAsync(Audience, Token)).Problem.ShouldBe("The agent is not enrolled, and has no assertion.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\r\nb")]
    public async Task Get_AnswerThatIsNotAToken_IsRefused(string assertion)
    {
        answer = () => new UpstreamAssertion(assertion, time.GetUtcNow() + TimeSpan.FromMinutes(5));

        (await Create().GetAsync(Audience, Token)).Problem.ShouldBe(
            "The identity service answered with something that is not a JWT."
        );
    }

    // The agent's clock is an hour ahead: the assertion seems to have expired, and its receiver decides by its own clock.
    [Fact]
    public async Task Get_ClockIsAheadOfTheServices_IsUsedAndNotKept()
    {
        answer = () => new UpstreamAssertion($"a{requests.Count}", time.GetUtcNow() - TimeSpan.FromMinutes(55));
        var assertions = Create();

        (await assertions.GetAsync(Audience, Token)).Value.ShouldBe("a1");
        (await assertions.GetAsync(Audience, Token)).Value.ShouldBe("a2");
    }

    [Theory]
    [InlineData(9, null)]
    [InlineData(10, "The identity service gave no assertion in time.")]
    public async Task Get_ServiceThatDoesNotAnswer_FailsAfterTenSeconds(int seconds, string? problem)
    {
        var assertions = new ServiceAssertions(
            "docs",
            "tnl_1",
            async (_, cancellationToken) =>
            {
                await Never.RespondAsync(cancellationToken);
                return Failure("never", 500);
            },
            time
        );
        var pending = assertions.GetAsync(Audience, Token).AsTask();

        time.Advance(TimeSpan.FromSeconds(seconds));

        if (problem is null)
        {
            pending.IsCompleted.ShouldBeFalse();
        }
        else
        {
            (await pending).Problem.ShouldBe(problem);
        }
    }

    private ServiceAssertions Create() =>
        new(
            "docs",
            "tnl_1",
            (request, _) =>
            {
                requests.Add(request);
                return answer is null ? null : Task.FromResult(answer());
            },
            time
        );

    private static ApiResult<UpstreamAssertion> Failure(string code, int status) =>
        new ApiFailure
        {
            Kind = ApiFailureKind.Refused,
            Operation = "POST /v1/agent/assertions",
            Status = status,
            Code = code,
            Message = "away",
        };
}
