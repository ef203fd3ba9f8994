using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>The token endpoint as OAuth clients call it.</summary>
internal static class FormCalls
{
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    public const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    public const string Jwt = "urn:ietf:params:oauth:token-type:jwt";
    public const string IdToken = "urn:ietf:params:oauth:token-type:id_token";
    public const string AccessToken = "urn:ietf:params:oauth:token-type:access_token";

    /// <summary>Fields of RFC 7523's form.</summary>
    public static List<(string Name, string Value)> Assertion(string rule, string token) =>
        [("grant_type", JwtBearer), ("assertion", token), ("client_id", rule)];

    /// <summary>Fields of RFC 8693's form.</summary>
    public static List<(string Name, string Value)> Subject(string rule, string token, string type = Jwt) =>
        [("grant_type", TokenExchange), ("subject_token", token), ("subject_token_type", type), ("client_id", rule)];

    public static List<(string Name, string Value)> With(
        this List<(string Name, string Value)> fields,
        string name,
        string value
    ) => [.. fields, (name, value)];

    public static List<(string Name, string Value)> Without(
        this List<(string Name, string Value)> fields,
        string name
    ) => [.. fields.Where(field => field.Name != name)];

    public static Task<HttpResponseMessage> FormAsync(
        this FederatedService service,
        IEnumerable<(string Name, string Value)> fields,
        Action<HttpRequestMessage>? edit = null
    ) =>
        service.RawFormAsync(
            string.Join(
                '&',
                fields.Select(field => $"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(field.Value)}")
            ),
            edit
        );

    public static Task<HttpResponseMessage> RawFormAsync(
        this FederatedService service,
        string body,
        Action<HttpRequestMessage>? edit = null
    )
    {
        var message = new HttpRequestMessage(HttpMethod.Post, FederatedService.TokenPath)
        {
            Content = new ByteArrayContent(Encoding.Latin1.GetBytes(body)),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        edit?.Invoke(message);
        return service.SendAnonymousAsync(message);
    }

    /// <summary>The answer is OAuth's error of that status and name; its body.</summary>
    public static async Task<JsonElement> ShouldBeOAuthErrorAsync(
        this Task<HttpResponseMessage> call,
        int status,
        string error
    )
    {
        using var response = await call;
        var body = await response.JsonAsync();
        ((int)response.StatusCode).ShouldBe(status, body.ToString());
        body.Text("error").ShouldBe(error, body.ToString());
        body.Text("error_uri").ShouldBe($"/v1/oauth/errors/{error}");
        body.Text("request_id").ShouldBe(response.Header("request-id"));
        response.Header("Cache-Control").ShouldBe("no-store");
        body.Text("error_description").ShouldMatch("^[ !#-\\[\\]-~]+$");
        return body;
    }

    /// <summary>A form that is denied: OAuth's error outside, that reason in the history.</summary>
    public static async Task ShouldBeDeniedAsync(
        this FederatedService service,
        List<(string Name, string Value)> fields,
        string error,
        string reason
    )
    {
        var body = await service.FormAsync(fields).ShouldBeOAuthErrorAsync(400, error);
        var entry = await service.HistoryOfAsync(body.Text("request_id"));
        entry.ShouldNotBeNull().GetProperty("reason").GetString().ShouldBe(reason);
    }

    public static async Task<JsonElement> ShouldBeGrantedAsync(this Task<HttpResponseMessage> call)
    {
        using var response = await call;
        var body = await response.JsonAsync();
        ((int)response.StatusCode).ShouldBe(200, body.ToString());
        return body;
    }

    /// <summary>The claims of a JWT, unverified.</summary>
    public static JsonElement ClaimsOf(string token) =>
        JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1])).RootElement;
}
