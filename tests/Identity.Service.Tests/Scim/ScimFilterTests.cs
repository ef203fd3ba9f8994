using System.Net;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Scim;

[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class ScimFilterTests : IAsyncLifetime
{
    private ScimBench bench = null!;

    public async ValueTask InitializeAsync()
    {
        bench = await ScimBench.StartAsync();
        await bench.Directory.CreateUserAsync(
            "ada@example.com",
            "Ada-1",
            """
            "displayName":"Ada Lovelace","name":{"familyName":"Lovelace"},
            "emails":[{"value":"ada@work.example","type":"work"},{"value":"ada@home.example","type":"home"}]
            """
        );
        bench.Service.Time.Advance(TimeSpan.FromHours(1));
        await bench.Directory.CreateUserAsync("bob@example.com", "bob-1", "\"displayName\":\"Bob \\\"B\\\"\"");
        await bench.Directory.CreateUserAsync("cyd@example.com", more: "\"active\":false");
    }

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Theory]
    [InlineData("userName eq \"ada@example.com\"", "ada")]
    [InlineData("userName eq \"ADA@EXAMPLE.COM\"", "ada")]
    [InlineData("USERNAME EQ \"ada@example.com\"", "ada")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"ada@example.com\"", "ada")]
    [InlineData("externalId eq \"Ada-1\"", "ada")]
    [InlineData("externalId eq \"ada-1\"", "")]
    [InlineData("displayName eq \"ada lovelace\"", "ada")]
    [InlineData("displayName eq \"Bob \\\"B\\\"\"", "bob")]
    [InlineData("id eq \"scu_x\"", "")]
    [InlineData("userName eq \"ada@example.com\" and active eq false", "")]
    [InlineData("userName ne \"ada@example.com\"", "bob cyd")]
    [InlineData("userName co \"EXAMPLE\"", "ada bob cyd")]
    [InlineData("userName sw \"b\"", "bob")]
    [InlineData("userName ew \".org\"", "")]
    [InlineData("displayName pr", "ada bob")]
    [InlineData("not (displayName pr)", "cyd")]
    [InlineData("externalId eq null", "cyd")]
    [InlineData("externalId ne null", "ada bob")]
    [InlineData("active eq true", "ada bob")]
    [InlineData("active eq \"False\"", "cyd")]
    [InlineData("name.familyName eq \"lovelace\"", "ada")]
    [InlineData("emails co \"home\"", "ada")]
    [InlineData("emails.type eq \"work\"", "ada")]
    [InlineData("emails[type eq \"work\" and value co \"work\"]", "ada")]
    [InlineData("emails[type eq \"work\" and value co \"home\"]", "")]
    [InlineData("userName sw \"a\" or userName sw \"b\" and displayName pr", "ada bob")]
    [InlineData("(userName sw \"a\" or userName sw \"c\") and not(active eq false)", "ada")]
    [InlineData("meta.lastModified gt \"2000-01-01T00:00:00Z\"", "ada bob cyd")]
    [InlineData("meta.lastModified le \"2000-01-01T00:00:00Z\"", "")]
    public async Task List_WithFilter_FindsThese(string filter, string expected)
    {
        var page = await bench.Directory.OkAsync("GET", $"Users?filter={Uri.EscapeDataString(filter)}");

        page.GetProperty("Resources")
            .EnumerateArray()
            .Select(user => user.Text("userName").Split('@')[0])
            .ShouldBe(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        page.GetProperty("totalResults").GetInt32().ShouldBe(page.GetProperty("Resources").GetArrayLength());
    }

    [Fact]
    public async Task List_ModifiedSince_FindsTheLaterOnes()
    {
        var ada = await bench.Directory.OkAsync("GET", "Users?filter=userName%20eq%20%22ada@example.com%22");
        var time = ada.GetProperty("Resources")[0].GetProperty("meta").Text("lastModified");

        var later = await bench.Directory.OkAsync("GET", $"Users?filter=meta.lastModified%20gt%20%22{time}%22");
        var since = await bench.Directory.OkAsync("GET", $"Users?filter=meta.lastModified%20ge%20%22{time}%22");

        later.GetProperty("totalResults").GetInt32().ShouldBe(2);
        since.GetProperty("totalResults").GetInt32().ShouldBe(3);
    }

    [Theory]
    [InlineData("userName")]
    [InlineData("userName eq")]
    [InlineData("userName eq ada")]
    [InlineData("userName eq \"ada")]
    [InlineData("userName eq \"\\ud800\"")]
    [InlineData("userName is \"ada\"")]
    [InlineData("userName gt \"ada\"")]
    [InlineData("userName eq true")]
    [InlineData("userName eq 7")]
    [InlineData("active co \"true\"")]
    [InlineData("meta.lastModified gt \"yesterday\"")]
    [InlineData("password eq \"x\"")]
    [InlineData("colour eq \"x\"")]
    [InlineData("name eq \"x\"")]
    [InlineData("userName[value eq \"x\"]")]
    [InlineData("emails[emails[type eq \"x\"]]")]
    [InlineData("emails[type eq \"work\"")]
    [InlineData("(userName pr")]
    [InlineData("userName pr)")]
    [InlineData("userName pr and")]
    [InlineData("not userName pr")]
    [InlineData("and")]
    [InlineData("(")]
    public async Task List_MalformedFilter_IsRefused(string filter) => await ShouldRefuseAsync(filter);

    [Fact]
    public async Task List_FilterBeyondABound_IsRefused()
    {
        await ShouldRefuseAsync($"userName eq \"{new string('a', 1024)}\"");
        await ShouldRefuseAsync(Nest(9, "("));
        await ShouldRefuseAsync(Nest(9, "not("));
        await ShouldRefuseAsync(string.Join(" or ", Enumerable.Repeat("active pr", 33)));
    }

    [Fact]
    public async Task List_FilterAtABound_IsAnswered()
    {
        await ShouldAnswerAsync($"userName eq \"{new string('a', 1024 - 14)}\"");
        await ShouldAnswerAsync(Nest(8, "("));
        await ShouldAnswerAsync(Nest(8, "not("));
        await ShouldAnswerAsync(string.Join(" or ", Enumerable.Repeat("active pr", 32)));
    }

    private static string Nest(int depth, string open) =>
        string.Concat(Enumerable.Repeat(open, depth)) + "active pr" + new string(')', depth);

    private Task ShouldAnswerAsync(string filter) =>
        bench.Directory.OkAsync("GET", $"Users?filter={Uri.EscapeDataString(filter)}");

    private Task ShouldRefuseAsync(string filter) =>
        bench.Directory.ShouldRefuseAsync(
            "GET",
            $"Users?filter={Uri.EscapeDataString(filter)}",
            null,
            HttpStatusCode.BadRequest,
            "scim.filter",
            "invalidFilter"
        );
}
