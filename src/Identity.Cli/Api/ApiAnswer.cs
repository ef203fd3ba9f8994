using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Api;

internal sealed record ApiAnswer(string Raw, JsonObject Json)
{
    /// <summary>The organization that the credential acts for, which every answer of the service names.</summary>
    public string? OrganizationId { get; init; }

    public static ApiAnswer FromJson(JsonObject json) => new(json.ToJsonString(WireJson.Plain), json);
}
