using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.OAuthClients;

public sealed class ClientDocumentsTests
{
    private const string Url = "https://client.example.com/metadata.json";

    private readonly FakeTimeProvider time = new();
    private readonly ScriptedDocumentFetcher fetcher = new();
    private readonly ClientDocuments documents;

    public ClientDocumentsTests() => documents = new ClientDocuments(fetcher, NullLoggerFactory.Instance, time);

    [Theory]
    [InlineData(null, 300)]
    [InlineData(0, 300)]
    [InlineData(3600, 3600)]
    [InlineData(604800, 86400)]
    public async Task Find_GoodDocument_IsCachedForItsBoundedLifetime(int? maxAge, int lifetime)
    {
        fetcher.Answer = url => ScriptedDocumentFetcher.Good(url, maxAge is { } age ? TimeSpan.FromSeconds(age) : null);
        await FindAsync();

        time.Advance(TimeSpan.FromSeconds(lifetime - 1));
        (await FindAsync()).IsOk.ShouldBeTrue();
        fetcher.Fetches[Url].ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(1));
        (await FindAsync()).IsOk.ShouldBeTrue();
        fetcher.Fetches[Url].ShouldBe(2);
    }

    [Fact]
    public async Task Find_FailedFetch_IsRefusedWithoutItsReasonForAMinute()
    {
        fetcher.Answer = _ => FetchedClientDocument.Failed("oauth_client.private_address", "inner.host.example.test");

        var refusal = (await FindAsync()).Refusal.ShouldNotBeNull();
        refusal.Code.ShouldBe(OAuthClientErrors.DocumentUnavailable);
        refusal.Message.ShouldNotContain("inner.host.example.test");
        time.Advance(ClientDocuments.ErrorLifetime - TimeSpan.FromSeconds(1));
        await FindAsync();
        fetcher.Fetches[Url].ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(1));
        await FindAsync();
        fetcher.Fetches[Url].ShouldBe(2);
    }

    [Fact]
    public async Task Find_HostIsDown_TheLastGoodDocumentServesForADay()
    {
        await FindAsync();
        fetcher.Answer = _ => FetchedClientDocument.Failed("oauth_client.unreachable", "down");

        time.Advance(ClientDocuments.MaxLifetime - TimeSpan.FromSeconds(1));
        (await FindAsync()).IsOk.ShouldBeTrue();
        time.Advance(TimeSpan.FromSeconds(1));
        (await FindAsync()).Refusal!.Code.ShouldBe(OAuthClientErrors.DocumentUnavailable);
    }

    [Fact]
    public async Task Find_DocumentIsGone_IsRefusedAtTheNextFetch()
    {
        await FindAsync();
        fetcher.Answer = _ => FetchedClientDocument.Failed("oauth_client.status", "410", isGone: true);

        time.Advance(ClientDocuments.MinLifetime);
        (await FindAsync()).Refusal!.Code.ShouldBe(OAuthClientErrors.DocumentGone);
    }

    [Fact]
    public async Task Find_DocumentBecameAnotherClients_IsRefusedAtTheNextFetch()
    {
        await FindAsync();
        fetcher.Answer = _ => ScriptedDocumentFetcher.Good("https://other.example.com/metadata.json");

        time.Advance(ClientDocuments.MinLifetime);
        (await FindAsync()).Refusal!.Code.ShouldBe(OAuthClientErrors.Document);
    }

    [Fact]
    public async Task Find_ManyCallersAtOnce_ShareOneFetch()
    {
        var release = new TaskCompletionSource();
        fetcher.Release = release.Task;
        var calls = Enumerable.Range(0, 8).Select(_ => FindAsync().AsTask()).ToArray();
        release.SetResult();

        (await Task.WhenAll(calls)).ShouldAllBe(result => result.IsOk);
        fetcher.Fetches[Url].ShouldBe(1);
    }

    [Fact]
    public async Task Find_MoreFetchesThanTheLimit_IsBusy()
    {
        var release = new TaskCompletionSource();
        fetcher.Release = release.Task;
        var calls = Enumerable
            .Range(0, ClientDocuments.MaxFetches)
            .Select(i => FindAsync($"https://client.example.com/{i}").AsTask())
            .ToArray();

        (await FindAsync()).Refusal!.Code.ShouldBe(OAuthClientErrors.DocumentsBusy);
        release.SetResult();
        (await Task.WhenAll(calls)).ShouldAllBe(result => result.IsOk);
        (await FindAsync()).IsOk.ShouldBeTrue();
    }

    [Theory]
    [InlineData(ClientDocuments.MaxEntriesPerOrganization - 1, 1)]
    [InlineData(ClientDocuments.MaxEntriesPerOrganization, 2)]
    public async Task Find_ManyUrlsOfOneOrganization_RemoveItsOwnOldestAlone(int others, int fetches)
    {
        await FindAsync("https://client.example.com/foreign", "org_2");
        await FindAsync();
        for (var i = 0; i < others; i++)
        {
            await FindAsync($"https://client.example.com/{i}");
        }

        await FindAsync();
        await FindAsync("https://client.example.com/foreign", "org_2");
        fetcher.Fetches[Url].ShouldBe(fetches);
        fetcher.Fetches["https://client.example.com/foreign"].ShouldBe(1);
    }

    private ValueTask<Result<OAuthClient>> FindAsync(string url = Url, string organization = "org_1") =>
        documents.FindAsync(organization, url, TestContext.Current.CancellationToken);
}
