using System.Net;
using Culvert.Identity.Cli.SignIn;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.SignIn;

public sealed class LoopbackCallbackTests
{
    private static readonly HttpClient Browser = new(new SocketsHttpHandler { UseProxy = false });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_IsTheFirstRequest_AndThereIsNoSecond()
    {
        await using var callback = await LoopbackCallback.StartAsync(Cancel);

        using var first = await Browser.GetAsync(
            new Uri(callback.RedirectUri + "?code=first-of-the-codes&state=s&iss=i"),
            Cancel
        );
        using var second = await Browser.GetAsync(new Uri(callback.RedirectUri + "?code=second&state=s"), Cancel);

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        second.StatusCode.ShouldBe(HttpStatusCode.Gone);
        var answer = await callback.Answer;
        answer.ShouldBe(
            new AuthorizationAnswer
            {
                Code = "first-of-the-codes",
                State = "s",
                Issuer = "i",
            }
        );
        answer.ToString().ShouldNotContain("first-of-the-codes");
    }

    [Fact]
    public async Task Request_BeyondItsBounds_IsRefusedAndDoesNotCount()
    {
        await using var callback = await LoopbackCallback.StartAsync(Cancel);

        using var refused = await Browser.GetAsync(
            new Uri(callback.RedirectUri + "?code=" + new string('c', 10_000)),
            Cancel
        );

        refused.StatusCode.ShouldBe(HttpStatusCode.RequestUriTooLong);
        callback.Answer.IsCompleted.ShouldBeFalse();
    }
}
