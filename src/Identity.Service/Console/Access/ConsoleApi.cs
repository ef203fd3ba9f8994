using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Http;
using Microsoft.Extensions.Primitives;

namespace Culvert.Identity.Service.Console.Access;

/// <summary>
/// The API for pages: inside the process, with the same handlers and the rights of the signed-in person. Pages therefore
/// have the API's checks, refusals and audit.
/// </summary>
internal sealed class ConsoleApi(
    IReadOnlyDictionary<Operation, ApiHandler> handlers,
    ConsolePrincipal principal,
    SecretAlarm secrets,
    HttpContext page
)
{
    /// <summary>
    /// Whether the person may call the operation; pages hide what is not allowed. The call itself is authorized again.
    /// </summary>
    public bool May(Operation operation) => principal.CallerFor(operation) is not null;

    /// <param name="values">Path parameters by name; the others become the query. Empty ones are omitted.</param>
    public ValueTask<ConsoleAnswer> GetAsync(Operation operation, params (string Name, string? Value)[] values) =>
        CallAsync(operation, body: null, values);

    public async ValueTask<ConsoleAnswer> CallAsync(
        Operation operation,
        JsonObject? body,
        params (string Name, string? Value)[] values
    )
    {
        if (principal.CallerFor(operation) is not { } caller)
        {
            return ConsoleAnswer.Refused(ConsoleErrors.Role.Refuse());
        }

        var request = new ApiRequest(CreateContext(operation, values, body));
        request.SetCaller(caller);
        if (ControlCharacters.Find(request.Http) is { } unreadable)
        {
            return ConsoleAnswer.Refused(unreadable);
        }

        var answer = await handlers[operation](request, page.RequestAborted);
        if (answer.Refusal is { } refusal)
        {
            if (SecretAlarm.Concerns(refusal))
            {
                await secrets.RaiseAsync(request, page.RequestAborted);
            }

            return ConsoleAnswer.Refused(refusal);
        }

        using var document = answer.Body.Length == 0 ? null : JsonDocument.Parse(answer.Body);
        return new ConsoleAnswer(document?.RootElement.Clone() ?? default, null);
    }

    private DefaultHttpContext CreateContext(
        Operation operation,
        (string Name, string? Value)[] values,
        JsonObject? body
    )
    {
        var http = new DefaultHttpContext { RequestServices = page.RequestServices };
        http.Features.Set(page.Features.Get<RequestIdentityFeature>());
        http.RequestAborted = page.RequestAborted;
        http.Connection.RemoteIpAddress = page.Connection.RemoteIpAddress ?? IPAddress.None;
        http.Request.Scheme = page.Request.Scheme;
        http.Request.Host = page.Request.Host;
        http.Request.Headers.UserAgent = page.Request.Headers.UserAgent;
        http.Request.Method = operation.Method;
        http.Request.Path = operation.Path;
        var query = new Dictionary<string, StringValues>(StringComparer.Ordinal);
        foreach (var (key, value) in values)
        {
            if (operation.Path.Contains($"{{{key}}}", StringComparison.Ordinal))
            {
                http.Request.RouteValues[key] = value;
            }
            else if (!string.IsNullOrEmpty(value))
            {
                query[key] = value;
            }
        }

        http.Request.Query = new QueryCollection(query);
        if (body is not null)
        {
            var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
            http.Request.ContentType = "application/json";
            http.Request.ContentLength = bytes.Length;
            http.Request.Body = new MemoryStream(bytes, writable: false);
        }

        return http;
    }
}
