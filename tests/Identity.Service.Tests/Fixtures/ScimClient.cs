using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>A directory: it calls the SCIM operations of an issuer with an admin key of the role scim.</summary>
internal sealed class ScimClient(HttpClient http, string issuerId) : IDisposable
{
    public const string UserSchema = "urn:ietf:params:scim:schemas:core:2.0:User";
    public const string GroupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";

    public string IssuerId => issuerId;

    public static async Task<ScimClient> CreateAsync(ServiceUnderTest service, string issuerId)
    {
        var key = await service.Api.PostOkAsync("/v1/admin_keys", """{"name":"directory","role":"scim"}""");
        return new ScimClient(service.Client(key.Text("admin_key")), issuerId);
    }

    public async Task<HttpResponseMessage> SendAsync(
        string method,
        string path,
        string? body = null,
        string? ifMatch = null,
        string mediaType = "application/scim+json",
        string? ifNoneMatch = null
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/scim/{issuerId}/v2/{path}");
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, mediaType);
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        if (ifNoneMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        }

        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<JsonElement> OkAsync(
        string method,
        string path,
        string? body = null,
        HttpStatusCode status = HttpStatusCode.OK
    )
    {
        using var response = await SendAsync(method, path, body);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(status, text);
        return text.Length == 0 ? default : await response.JsonAsync();
    }

    /// <summary>The call is refused in the form of RFC 7644 §3.12.</summary>
    public async Task ShouldRefuseAsync(
        string method,
        string path,
        string? body,
        HttpStatusCode status,
        string code,
        string? scimType,
        string? ifMatch = null
    )
    {
        using var response = await SendAsync(method, path, body, ifMatch);
        await ShouldBeRefusedAsync(response, status, code, scimType);
    }

    public static async Task ShouldBeRefusedAsync(
        HttpResponseMessage response,
        HttpStatusCode status,
        string code,
        string? scimType
    )
    {
        var error = await response.JsonAsync();
        response.StatusCode.ShouldBe(status, error.ToString());
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/scim+json");
        error.GetProperty("schemas")[0].GetString().ShouldBe("urn:ietf:params:scim:api:messages:2.0:Error");
        error.Text("status").ShouldBe(((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture));
        error.Text("error_code").ShouldBe(code);
        (error.TryGetProperty("scimType", out var type) ? type.GetString() : null).ShouldBe(scimType);
    }

    public Task<JsonElement> CreateUserAsync(string userName, string? externalId = null, string more = "") =>
        OkAsync("POST", "Users", User(userName, externalId, more), HttpStatusCode.Created);

    public Task<JsonElement> CreateGroupAsync(string name, params string[] members) =>
        OkAsync("POST", "Groups", Group(name, members), HttpStatusCode.Created);

    public static string User(string userName, string? externalId = null, string more = "") =>
        $$"""{"schemas":["{{UserSchema}}"],"userName":{{JsonSerializer.Serialize(userName)}}"""
        + (externalId is null ? "" : $",\"externalId\":{JsonSerializer.Serialize(externalId)}")
        + (more.Length == 0 ? "" : "," + more)
        + "}";

    public static string Group(string name, params IEnumerable<string> members) =>
        $$"""{"schemas":["{{GroupSchema}}"],"displayName":{{JsonSerializer.Serialize(name)}},"members":["""
        + string.Join(',', members.Select(id => $"{{\"value\":\"{id}\"}}"))
        + "]}";

    public static string Patch(params string[] operations) =>
        """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":["""
        + string.Join(',', operations)
        + "]}";

    public void Dispose() => http.Dispose();
}
