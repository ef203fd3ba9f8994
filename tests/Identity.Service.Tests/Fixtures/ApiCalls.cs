using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Calls as clients make them.</summary>
internal static class ApiCalls
{
    /// <summary>POST with a JSON body, or as body-less as the SDK sends it.</summary>
    public static Task<HttpResponseMessage> PostAsync(this HttpClient client, string path, string? json) =>
        client.SendAsync(Post(path, json), TestContext.Current.CancellationToken);

    public static HttpRequestMessage Post(string path, string? json) =>
        new(HttpMethod.Post, path)
        {
            Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"),
        };

    public static async Task<JsonElement> PostOkAsync(this HttpClient client, string path, string? json = null)
    {
        using var response = await client.PostAsync(path, json);
        var body = await response.JsonAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body.ToString());
        return body;
    }

    /// <summary>The call succeeds.</summary>
    public static async Task<JsonElement> ShouldBeOkAsync(this Task<HttpResponseMessage> call)
    {
        using var response = await call;
        var body = await response.JsonAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body.ToString());
        return body;
    }

    public static async Task<JsonElement> GetOkAsync(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
        var body = await response.JsonAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body.ToString());
        return body;
    }

    /// <summary>The call is refused with that status and code.</summary>
    public static async Task<JsonElement> ShouldRefuseAsync(
        this Task<HttpResponseMessage> call,
        HttpStatusCode status,
        string code
    )
    {
        using var response = await call;
        var body = await response.JsonAsync();
        response.StatusCode.ShouldBe(status, body.ToString());
        (await response.ErrorCodeAsync()).ShouldBe(code);
        return body.GetProperty("error");
    }

    public static string Id(this JsonElement element) => element.GetProperty("id").GetString()!;
}
