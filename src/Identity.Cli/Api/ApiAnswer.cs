using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Api;

/// <summary>A successful answer: the text that came over the wire, and the same parsed.</summary>
internal sealed record ApiAnswer(string Raw, JsonObject Json)
{
    /// <summary>Of the organization that the credential acts for; every answer of the service carries it.</summary>
    public string? OrganizationId { get; init; }

    public static ApiAnswer FromJson(JsonObject json) => new(json.ToJsonString(WireJson.Plain), json);
}
