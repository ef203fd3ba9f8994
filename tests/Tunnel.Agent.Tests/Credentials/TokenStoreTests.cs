using Culvert.Testing;
using Culvert.Tunnel.Agent.Credentials;

namespace Culvert.Tunnel.Agent.Tests.Credentials;

public sealed class TokenStoreTests
{
    private readonly FakeTimeProvider time = new(DateTimeOffset.UnixEpoch);
    private int asked;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(300, 269, 1)]
    [InlineData(300, 270, 2)]
    [InlineData(10, 8, 1)]
    [InlineData(10, 9, 2)]
    public async Task Get_KeepsATokenUntilShortlyBeforeItsEnd(int life, int after, int expected)
    {
        var store = new TokenStore(time);
        await store.GetAsync("a", () => Issue(life), Token);
        time.Advance(TimeSpan.FromSeconds(after));

        await store.GetAsync("a", () => Issue(life), Token);

        asked.ShouldBe(expected);
    }

    [Fact]
    public async Task Get_ManyAtOnce_AskOnce()
    {
        var store = new TokenStore(time);
        var answer = new TaskCompletionSource<IssuedToken>();
        Task<IssuedToken> Request()
        {
            asked++;
            return answer.Task;
        }

        using var impatient = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 50).Select(_ => store.GetAsync("a", Request, Token)).ToList();
        var left = store.GetAsync("a", Request, impatient.Token);
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => left);
        answer.SetResult(new IssuedToken("t", DateTimeOffset.MaxValue, ""));

        (await Task.WhenAll(waiting)).ShouldAllBe(t => t.Value == "t");
        asked.ShouldBe(1);
    }

    [Fact]
    public async Task Get_FailureIsKeptForItsMoment()
    {
        var store = new TokenStore(time);
        Task<IssuedToken> Fail()
        {
            asked++;
            return Task.FromResult(IssuedToken.Failed("no", time.GetUtcNow() + TimeSpan.FromSeconds(1)));
        }

        await store.GetAsync("a", Fail, Token);
        await store.GetAsync("a", Fail, Token);
        asked.ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(1));
        await store.GetAsync("a", Fail, Token);
        asked.ShouldBe(2);
    }

    [Fact]
    public async Task Forget_OnlyTheTokenThatWasRefused()
    {
        var store = new TokenStore(time);
        await store.GetAsync("a", () => Issue(300), Token);

        store.Forget("a", "another");
        await store.GetAsync("a", () => Issue(300), Token);
        asked.ShouldBe(1);
        store.Forget("a", "t1");
        await store.GetAsync("a", () => Issue(300), Token);
        asked.ShouldBe(2);
    }

    [Fact]
    public async Task Get_IsBounded()
    {
        var store = new TokenStore(time);
        for (var i = 0; i < TokenStore.MaxTokens + 10; i++)
        {
            await store.GetAsync($"{i}", () => Issue(300), Token);
        }

        store.Count.ShouldBe(TokenStore.MaxTokens);
        time.Advance(TimeSpan.FromHours(1));
        await store.GetAsync("new", () => Issue(300), Token);
        store.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Get_FailingCallerBehindALongToken_LeavesNoTrail()
    {
        var store = new TokenStore(time);
        await store.GetAsync("long", () => Issue(3600), Token);

        for (var i = 0; i < 1_000; i++)
        {
            await store.GetAsync("failing", () => Issue(-1), Token);
        }

        asked.ShouldBe(1_001);
        store.Count.ShouldBe(2);
        store.Places.ShouldBeLessThan(80);
        (await store.GetAsync("long", () => Issue(3600), Token)).Value.ShouldBe("t1");
    }

    private Task<IssuedToken> Issue(int seconds) =>
        Task.FromResult(new IssuedToken($"t{++asked}", time.GetUtcNow() + TimeSpan.FromSeconds(seconds), ""));
}
