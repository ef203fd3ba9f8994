using System.Globalization;
using System.Text.Json;
using Culvert.Identity.Service.Tests.Fixtures;

namespace Culvert.Identity.Service.Tests.Servers.Calls;

/// <summary>What agents send for approval.</summary>
internal static class CallRequests
{
    public const string Path = "/v1/agent/approvals";
    public const int ExpirySeconds = 900;
    private const string Amount = """{"at":"/amount","shape":"number","value":"120"}""";

    public static string Binding(int number) => number.ToString("x64", CultureInfo.InvariantCulture);

    public static string Body(
        int number,
        int approvers = 1,
        string subject = "alice",
        string name = "pay",
        string arguments = Amount,
        string clientId = "c"
    ) =>
        $$"""
            {"binding":"{{Binding(
                number
            )}}","route":"docs","hostname":"docs.test","method":"tools/call","kind":"tool","name":"{{name}}",
             "rule":"payments","issuer":"https://login.test","subject":"{{subject}}","client_id":"{{clientId}}","policy_version":"1",
             "pin":"","approvers":{{approvers}},"expires_in":{{ExpirySeconds}},"arguments":[{{arguments}}]}
            """;

    /// <summary>The service must take the request.</summary>
    public static Task<JsonElement> AskAsync(this HttpClient agent, string body) => agent.PostOkAsync(Path, body);
}
